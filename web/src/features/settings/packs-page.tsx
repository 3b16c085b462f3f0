import { useQuery } from "@tanstack/react-query";
import { Boxes } from "lucide-react";
import { useTranslation } from "react-i18next";
import { packsQuery } from "@/api/packs";
import { pulseQuery } from "@/api/pulse";
import { useMay } from "@/api/session";
import { Entries, Section } from "@/ui/section";
import { Empty, Failed, Progress, Waiting } from "@/ui/states";
import { PackEntry } from "./pack-entry";

/** The networks that find faces and tell them apart: which there are, which is in use. */
export function PacksPage() {
  const { t } = useTranslation("settings");
  const packs = useQuery(packsQuery);
  const mayAdmin = useMay("admin");
  if (packs.isError) return <Failed error={packs.error} retry={() => void packs.refetch()} />;
  if (packs.isPending) return <Waiting />;
  const { items, is_pinned, is_engine_remote, waiting_photos } = packs.data;
  const fixed = is_pinned ? t("packs.pinned") : is_engine_remote ? t("packs.remote") : null;
  const here = items
    .filter((it) => it.is_installed)
    .sort((a, b) => Number(b.is_active) - Number(a.is_active));
  const others = items.filter((it) => !it.is_installed);
  return (
    <>
      <Section title={t("tabs.packs")} explain={fixed ?? t("packs.explain")}>
        <Renewal waiting={waiting_photos} />
        {here.length === 0 && (
          <Empty icon={<Boxes />} title={t("packs.none")}>
            <p>
              {t("packs.install")} <code>kith packs install mobile</code>
            </p>
          </Empty>
        )}
        {here.length > 0 && (
          <Entries>
            {here.map((it) => (
              <PackEntry key={it.pack_id} pack={it} mayChoose={mayAdmin && fixed === null} />
            ))}
          </Entries>
        )}
      </Section>
      {others.length > 0 && (
        <Section title={t("packs.others")} explain={t("packs.othersExplained")}>
          <Entries>
            {others.map((it) => (
              <PackEntry key={it.pack_id} pack={it} mayChoose={false} />
            ))}
          </Entries>
        </Section>
      )}
    </>
  );
}

/** How far the pack in use is with photos another one had looked at. */
function Renewal({ waiting }: { waiting: number }) {
  const { t, i18n } = useTranslation("settings");
  const total = useQuery(pulseQuery).data?.photos.total ?? 0;
  if (waiting === 0 || total < waiting) return null;
  const shown = (count: number) => count.toLocaleString(i18n.language);
  const text = t("packs.renewal", { count: total, done: shown(total - waiting), all: shown(total) });
  return (
    <div role="status">
      <p>{text}</p>
      <Progress done={total - waiting} of={total} label={text} />
    </div>
  );
}
