import { useTranslation } from "react-i18next";
import { useChoosePack, type Pack } from "@/api/packs";
import { shownBytes, shownShare } from "@/lib/format";
import { AskFirst } from "@/ui/ask-first";
import { Badge, Entry } from "@/ui/section";
import { useSaying } from "@/ui/toasts";
import styles from "./settings-page.module.css";

/** A pack: what it is, what it costs, how well it does, and the choice of it. */
export function PackEntry({ pack, mayChoose }: { pack: Pack; mayChoose: boolean }) {
  const { t } = useTranslation("settings");
  const state = pack.is_active ? (
    <Badge tone="good">{t("packs.active")}</Badge>
  ) : (
    pack.is_installed && <Badge>{t("packs.installed")}</Badge>
  );
  return (
    <Entry
      title={pack.title}
      badge={
        <>
          {state}
          {pack.allows_commercial_use === false && <Badge tone="warn">{t("packs.research")}</Badge>}
        </>
      }
      actions={mayChoose && pack.is_installed && !pack.is_active && <Choose pack={pack} />}
    >
      <Facts pack={pack} />
    </Entry>
  );
}

function Facts({ pack }: { pack: Pack }) {
  const { t, i18n } = useTranslation("settings");
  const { accuracy } = pack;
  return (
    <>
      <p className={styles.facts}>
        <code>
          {pack.pack_id} {pack.version}
        </code>
        <a href={pack.license_url} target="_blank" rel="noreferrer">
          {t("packs.license", { name: pack.license })}
        </a>
        {pack.size_bytes > 0 && <span>{shownBytes(pack.size_bytes, i18n.language)}</span>}
      </p>
      <p>
        {accuracy
          ? t("packs.accuracy", {
              precision: shownShare(accuracy.precision, i18n.language),
              recall: shownShare(accuracy.recall, i18n.language),
            })
          : t("packs.unmeasured")}
      </p>
      {!pack.is_installed && (
        <p>
          {t("packs.install")} <code>kith packs install {pack.pack_id}</code>
        </p>
      )}
    </>
  );
}

function Choose({ pack }: { pack: Pack }) {
  const { t } = useTranslation("settings");
  const saying = useSaying();
  const choose = useChoosePack();
  const go = () =>
    choose.mutate(pack.pack_id, {
      onSuccess: ({ queued }) => saying.done(t("packs.chosen", { name: pack.title, count: queued })),
      onError: (error) => saying.failed(error),
    });
  return (
    <AskFirst
      label={t("packs.use")}
      question={t("packs.ask", { name: pack.title })}
      disabled={choose.isPending}
      onYes={go}
    >
      <p>{t("packs.askExplained")}</p>
      {pack.allows_commercial_use === false && <p>{t("packs.researchExplained")}</p>}
    </AskFirst>
  );
}
