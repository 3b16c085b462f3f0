import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sharesQuery, type Gallery, type Share } from "@/api/galleries";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Failed, Waiting } from "@/ui/states";
import { ShareEntry } from "./share-entry";
import { ShareForm } from "./share-form";
import styles from "./share.module.css";

interface ShareProps {
  gallery: Gallery;
  isOpen: boolean;
  onClose: () => void;
}

/** The links to a gallery: made, shown, counted, revoked. */
export function ShareDialog({ gallery, isOpen, onClose }: ShareProps) {
  const { t } = useTranslation("galleries");
  return (
    <Dialog title={t("share.title")} isOpen={isOpen} onClose={onClose} isWide>
      <Links gallery={gallery} />
    </Dialog>
  );
}

const isAlive = (it: Share) =>
  it.revoked_at === null && (it.expires_at === null || new Date(it.expires_at).getTime() > Date.now());

/** A long form has been scrolled; what comes in its place begins at its beginning. */
const showTop = (it: HTMLElement | null) => it?.scrollIntoView({ block: "start" });

function Links({ gallery }: { gallery: Gallery }) {
  const { t } = useTranslation("galleries");
  const shares = useQuery(sharesQuery(gallery.gallery_id));
  const [isMaking, setMaking] = useState(false);
  const [changed, setChanged] = useState<Share | null>(null);
  if (shares.isPending) return <Waiting />;
  if (shares.isError) return <Failed error={shares.error} retry={() => void shares.refetch()} />;
  const alive = shares.data.filter(isAlive);
  const ended = shares.data.filter((it) => !isAlive(it));
  if (isMaking || alive.length === 0) {
    return (
      <ShareForm
        gallery={gallery}
        onDone={() => setMaking(false)}
        onCancel={alive.length > 0 ? () => setMaking(false) : null}
      />
    );
  }
  if (changed) {
    const close = () => setChanged(null);
    return <ShareForm gallery={gallery} share={changed} onDone={close} onCancel={close} />;
  }
  return (
    <div className={styles.links} ref={showTop}>
      {alive.map((it) => (
        <ShareEntry key={it.share_id} gallery={gallery} share={it} onChange={() => setChanged(it)} />
      ))}
      <Button className={styles.another} icon={<Plus />} onClick={() => setMaking(true)}>
        {t("share.another")}
      </Button>
      {ended.length > 0 && (
        <details className={styles.ended}>
          <summary>{t("share.endedLinks", { count: ended.length })}</summary>
          {ended.map((it) => (
            <ShareEntry key={it.share_id} gallery={gallery} share={it} isEnded />
          ))}
        </details>
      )}
    </div>
  );
}
