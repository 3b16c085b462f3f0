import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { previewQuery, useStartPreview, type PackPreview as Preview, type Pack } from "@/api/packs";
import { describeProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Progress } from "@/ui/states";
import { useSaying } from "@/ui/toasts";

/** What another pack would make of a sample of the people there are, before it is used. */
export function PackPreview({ pack }: { pack: Pack }) {
  const { t } = useTranslation("settings");
  const saying = useSaying();
  const start = useStartPreview();
  const last = useQuery(previewQuery).data;
  const preview = last?.pack_id === pack.pack_id ? last : null;
  if (preview?.state === "running") {
    return (
      <div role="status">
        <p>{t("packs.preview.running", { seen: preview.faces_looked_at, wanted: preview.faces_wanted })}</p>
        <Progress done={preview.faces_looked_at} of={preview.faces_wanted} label={t("packs.preview.label")} />
      </div>
    );
  }
  const go = () => start.mutate(pack.pack_id, { onError: (error) => saying.failed(error) });
  return (
    <>
      {preview && <Outcome preview={preview} />}
      <Button onClick={go} disabled={start.isPending}>
        {t(preview ? "packs.preview.again" : "packs.preview.start")}
      </Button>
    </>
  );
}

function Outcome({ preview }: { preview: Preview }) {
  const { t } = useTranslation("settings");
  const { t: common } = useTranslation();
  if (preview.state === "failed") {
    return <p role="alert">{preview.error_code ?? describeProblem(null, common)}</p>;
  }
  const named = preview.agree + preview.would_change_person + preview.would_become_unknown;
  if (named === 0) return <p role="status">{t("packs.preview.nobody")}</p>;
  const rows = [
    ["agree", preview.agree],
    ["changed", preview.would_change_person],
    ["unknown", preview.would_become_unknown],
    ["known", preview.would_become_known],
  ] as const;
  return (
    <div role="status">
      <p>{t("packs.preview.done", { count: preview.faces_looked_at })}</p>
      <ul>
        {rows.map(([name, count]) => (
          <li key={name}>{t(`packs.preview.${name}`, { count })}</li>
        ))}
      </ul>
    </div>
  );
}
