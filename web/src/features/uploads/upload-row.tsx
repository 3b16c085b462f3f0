import { Link } from "@tanstack/react-router";
import { CircleAlert, CopyCheck, RotateCw, X } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { describeProblem } from "@/lib/problem";
import { IconButton } from "@/ui/button";
import { Progress } from "@/ui/states";
import styles from "./panel.module.css";
import type { Upload, Uploader } from "./uploader";

/** One file: how far it is, or what became of it and what to do about that. */
export const UploadRow = memo(function UploadRow({
  upload,
  uploader,
}: {
  upload: Upload;
  uploader: Uploader;
}) {
  const { t } = useTranslation("uploads");
  const { t: tCommon } = useTranslation();
  const { id, file, state } = upload;
  return (
    <li className={styles.row} data-state={state}>
      {state === "failed" && <CircleAlert aria-hidden />}
      {state === "duplicate" && <CopyCheck aria-hidden />}
      <div className={styles.what}>
        <p className={styles.name} dir="auto" title={file.name}>
          {file.name}
        </p>
        {state === "sending" && (
          <Progress done={upload.sent} of={file.size} label={t("progressOf", { name: file.name })} />
        )}
        {state === "failed" && <p className={styles.why}>{describeProblem(upload.error, tCommon)}</p>}
        {state === "duplicate" && upload.photoId !== null && (
          <p className={styles.why}>
            {t("duplicate")}{" "}
            <Link to="/photos/$photoId" params={{ photoId: String(upload.photoId) }} search={{}}>
              {t("show")}
            </Link>
          </p>
        )}
      </div>
      {state === "failed" && (
        <IconButton
          label={t("retryOne", { name: file.name })}
          icon={<RotateCw />}
          onClick={() => uploader.retry(id)}
        />
      )}
      {(state === "waiting" || state === "sending") && (
        <IconButton
          label={t("cancelOne", { name: file.name })}
          icon={<X />}
          onClick={() => uploader.cancel(id)}
        />
      )}
    </li>
  );
});
