import { Download, Link2Off, Pencil, QrCode } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRevokeShare, type Gallery, type Share } from "@/api/galleries";
import { shownDay } from "@/lib/dates";
import { qrOf } from "@/lib/media";
import { Button, ButtonLink } from "@/ui/button";
import { CopyField } from "@/ui/copy-field";
import { useSaying } from "@/ui/toasts";
import { ShareNumbers } from "./share-numbers";
import styles from "./share.module.css";

interface EntryProps {
  gallery: Gallery;
  share: Share;
  isEnded?: boolean;
  onChange?: () => void;
}

/** One link: where it leads, what it allows, and what came of it. */
export function ShareEntry({ gallery, share, isEnded = false, onChange }: EntryProps) {
  const { t } = useTranslation("galleries");
  const [isLarge, setLarge] = useState(false);
  const url = share.url === null ? null : location.origin + share.url;
  return (
    <section className={styles.entry} aria-label={t("share.link")}>
      {!isEnded && url !== null && (
        <div className={styles.way} data-large={isLarge}>
          <img
            className={styles.qr}
            src={qrOf(share.share_id)}
            alt={t("share.qr")}
            width={132}
            height={132}
          />
          <div className={styles.address}>
            <CopyField label={t("share.link")} value={url} />
            <Facts share={share} />
            <div className={styles.acts}>
              <Button icon={<QrCode />} aria-pressed={isLarge} onClick={() => setLarge(!isLarge)}>
                {isLarge ? t("share.smaller") : t("share.larger")}
              </Button>
              <ButtonLink
                icon={<Download />}
                href={qrOf(share.share_id)}
                download={`${gallery.slug || "gallery"}-qr.svg`}
              >
                {t("share.qrDownload")}
              </ButtonLink>
              <Button icon={<Pencil />} onClick={onChange}>
                {t("share.change")}
              </Button>
              <Revoke gallery={gallery} share={share} />
            </div>
          </div>
        </div>
      )}
      {!isEnded && url === null && (
        <>
          <p>{t("share.sealed")}</p>
          <Facts share={share} />
          <Button icon={<Pencil />} onClick={onChange}>
            {t("share.change")}
          </Button>
          <Revoke gallery={gallery} share={share} />
        </>
      )}
      {isEnded && <Facts share={share} />}
      <ShareNumbers shareId={share.share_id} />
    </section>
  );
}

function Facts({ share }: { share: Share }) {
  const { t, i18n } = useTranslation("galleries");
  const date = (moment: string) => shownDay(moment, i18n.language);
  return (
    <ul className={styles.facts}>
      <li>{share.only_own ? t("share.factOwn") : t("share.factAll")}</li>
      <li>{share.downloads ? t("share.factDownloads") : t("share.factLook")}</li>
      {share.has_password && <li>{t("share.factPassword")}</li>}
      {share.revoked_at ? (
        <li>{t("share.revoked", { date: date(share.revoked_at) })}</li>
      ) : (
        share.expires_at && <li>{t("share.until", { date: date(share.expires_at) })}</li>
      )}
    </ul>
  );
}

/** There is no way back from it: guests have the link, and it dies at once. So it asks. */
function Revoke({ gallery, share }: EntryProps) {
  const { t } = useTranslation(["galleries", "common"]);
  const [isAsking, setAsking] = useState(false);
  const saying = useSaying();
  const revoke = useRevokeShare(gallery.gallery_id);
  if (!isAsking) {
    return (
      <Button icon={<Link2Off />} onClick={() => setAsking(true)}>
        {t("share.revoke")}
      </Button>
    );
  }
  return (
    <div className={styles.ask} role="group" aria-label={t("share.revokeAsk")}>
      <p>{t("share.revokeAsk")}</p>
      <Button
        look="danger"
        // The question stands where the button was pressed; it takes the keyboard over.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        onClick={() =>
          revoke.mutate(share.share_id, {
            onError: (error) => saying.failed(error),
            onSuccess: () => saying.done(t("share.revokeDone")),
          })
        }
      >
        {t("share.revoke")}
      </Button>
      <Button onClick={() => setAsking(false)}>{t("common:cancel")}</Button>
    </div>
  );
}
