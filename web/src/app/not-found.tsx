import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/ui/states";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty icon={<Compass />} title={t("notFound.title")}>
      <p>{t("notFound.explain")}</p>
      <Link to="/">{t("notFound.home")}</Link>
    </Empty>
  );
}
