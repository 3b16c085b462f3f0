import { useQuery } from "@tanstack/react-query";
import { RotateCw, ScanFace } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAnalyse, type Jobs, type Which } from "@/api/jobs";
import { packsQuery } from "@/api/packs";
import { AskFirst } from "@/ui/ask-first";
import { Button } from "@/ui/button";
import { Section } from "@/ui/section";
import { Progress } from "@/ui/states";
import { useSaying } from "@/ui/toasts";
import styles from "./jobs-page.module.css";

interface AnalysisProps {
  photos: Jobs["photos"];
  mayManage: boolean;
}

/** How many photos have been looked at for faces, and the ways to have them looked at again. */
export function Analysis({ photos, mayManage }: AnalysisProps) {
  const { t, i18n } = useTranslation("jobs");
  const saying = useSaying();
  const analyse = useAnalyse();
  const packs = useQuery(packsQuery);
  const missing = packs.data?.waiting_photos ?? 0;
  const shown = (count: number) => count.toLocaleString(i18n.language);
  const go = (which: Which) =>
    analyse.mutate(
      { which },
      {
        onSuccess: ({ queued }) => saying.done(t("queuedNow", { count: queued })),
        onError: (error) => saying.failed(error),
      },
    );
  const text = t("analysed", { count: photos.total, done: shown(photos.analysed), all: shown(photos.total) });
  return (
    <Section title={t("analysis")} explain={t("analysisExplained")}>
      <p className={styles.numbers}>
        <strong>{text}</strong>
        {photos.pending > 0 && <span>{t("pending", { count: photos.pending })}</span>}
        {photos.failed > 0 && <span>{t("failed", { count: photos.failed })}</span>}
      </p>
      <Progress done={photos.analysed + photos.failed} of={photos.total} label={text} />
      {mayManage && photos.total > 0 && (
        <div className={styles.buttons}>
          <Button
            icon={<ScanFace />}
            disabled={missing === 0 || analyse.isPending}
            onClick={() => go("missing")}
          >
            {t("missing", { count: missing })}
          </Button>
          <Button
            icon={<RotateCw />}
            disabled={photos.failed === 0 || analyse.isPending}
            onClick={() => go("failed")}
          >
            {t("failedAgain")}
          </Button>
          <AskFirst
            label={t("all")}
            question={t("allAsk", { count: photos.total })}
            disabled={analyse.isPending}
            onYes={() => go("all")}
          >
            <p>{t("allExplained")}</p>
          </AskFirst>
        </div>
      )}
    </Section>
  );
}
