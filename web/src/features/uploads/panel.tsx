import { ChevronDown, ChevronUp, RotateCw, X } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { onOffer, type Offer } from "@/lib/adding";
import { Button, IconButton } from "@/ui/button";
import { Progress } from "@/ui/states";
import styles from "./panel.module.css";
import { Uploader, type Uploads } from "./uploader";
import { UploadRow } from "./upload-row";

// The rest is counted; nobody reads a list of ten thousand names.
const SHOWN = 60;

/** How far the files are that are being added, and what became of each. */
export function Panel({ first, mayAdd }: { first: Offer; mayAdd: boolean }) {
  const { t } = useTranslation(["uploads", "common"]);
  const [uploader] = useState(() => new Uploader());
  const uploads = useSyncExternalStore(uploader.subscribe, uploader.snapshot);
  const [isOpen, setOpen] = useState(true);
  const panel = useRef<HTMLElement>(null);
  useOffers(uploader, first, mayAdd);
  useWarning(uploads.isBusy);
  useRoomForToasts(panel, uploads.all.length > 0);
  if (uploads.all.length === 0) return null;
  const rows = rowsOf(uploads);
  return (
    <section ref={panel} className={styles.panel} aria-label={t("title")}>
      <header className={styles.head}>
        <p className={styles.title} role="status">
          {uploads.isLost ? t("lost") : titleOf(uploads, t)}
        </p>
        <IconButton
          label={t(isOpen ? "fold" : "unfold")}
          aria-expanded={isOpen}
          icon={isOpen ? <ChevronDown /> : <ChevronUp />}
          onClick={() => setOpen(!isOpen)}
        />
        {!uploads.isBusy && (
          <IconButton label={t("common:close")} icon={<X />} onClick={() => uploader.clear()} />
        )}
      </header>
      {uploads.isBusy && <Progress done={uploads.bytes.sent} of={uploads.bytes.all} label={t("title")} />}
      {isOpen && (
        <>
          {rows.length > 0 && (
            <ul className={styles.list}>
              {rows.slice(0, SHOWN).map((it) => (
                <UploadRow key={it.id} upload={it} uploader={uploader} />
              ))}
            </ul>
          )}
          <footer className={styles.foot}>
            <Summary uploads={uploads} />
            {uploads.count.failed > 0 && (
              <Button icon={<RotateCw />} onClick={() => uploader.retry()}>
                {t("retryAll")}
              </Button>
            )}
            {uploads.isBusy && <Button onClick={() => uploader.cancelAll()}>{t("cancelAll")}</Button>}
          </footer>
        </>
      )}
    </section>
  );
}

type Translate = ReturnType<typeof useTranslation<["uploads", "common"]>>["t"];

function titleOf({ all, count, isBusy }: Uploads, t: Translate): string {
  const wanted = all.length - count.cancelled;
  if (isBusy) return t("adding", { done: wanted - count.waiting - count.sending, count: wanted });
  return count.added > 0 ? t("added", { count: count.added }) : t("nothingAdded");
}

function Summary({ uploads: { count, isBusy } }: { uploads: Uploads }) {
  const { t } = useTranslation("uploads");
  const parts = [
    isBusy && count.added > 0 && t("added", { count: count.added }),
    count.duplicate > 0 && t("duplicates", { count: count.duplicate }),
    count.failed > 0 && t("failed", { count: count.failed }),
    count.cancelled > 0 && t("cancelled", { count: count.cancelled }),
  ].filter((it) => it !== false);
  return <p className={styles.summary}>{parts.join(" · ")}</p>;
}

/** What needs a look first: what went wrong, what is on its way, what was there before. */
function rowsOf({ all }: Uploads) {
  const rank = { failed: 0, sending: 1, duplicate: 2, waiting: 3, added: 4, cancelled: 5 };
  return all
    .filter((it) => it.state !== "added" && it.state !== "cancelled")
    .sort((a, b) => rank[a.state] - rank[b.state]);
}

function useOffers(uploader: Uploader, first: Offer, mayAdd: boolean): void {
  const isTaken = useRef(false);
  useEffect(() => {
    if (isTaken.current) return;
    isTaken.current = true;
    uploader.add(first);
  }, [uploader, first]);
  useEffect(() => (mayAdd ? onOffer((offer) => uploader.add(offer)) : undefined), [uploader, mayAdd]);
}

/** The browser asks before a page goes that still sends. */
function useWarning(isBusy: boolean): void {
  useEffect(() => {
    if (!isBusy) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isBusy]);
}

/** Messages rise above the panel while it is there. */
function useRoomForToasts(panel: React.RefObject<HTMLElement | null>, isThere: boolean): void {
  useLayoutEffect(() => {
    const it = panel.current;
    if (!it) return;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => style.setProperty("--toasts-up", `${it.offsetHeight + 16}px`));
    observer.observe(it);
    return () => {
      observer.disconnect();
      style.removeProperty("--toasts-up");
    };
  }, [panel, isThere]);
}
