import { useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { TimelinePage } from "./timeline-page";

/** All photos of the library. */
export function LibraryRoom() {
  const { t } = useTranslation();
  const { favourite } = useSearch({ from: "/owner/shell/" });
  const filter = useMemo(() => (favourite ? { favourite } : {}), [favourite]);
  return <TimelinePage key={String(favourite)} filter={filter} title={t("rooms.photos")} />;
}

const TRASHED = { trashed: true };

export function TrashRoom() {
  const { t } = useTranslation("timeline");
  return <TimelinePage filter={TRASHED} title={t("trash")} />;
}
