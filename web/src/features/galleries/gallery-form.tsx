import { useNavigate } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { useChangeGallery, useCreateGallery, type Gallery, type GallerySaid } from "@/api/galleries";
import { dayOf, endOfDay } from "@/lib/dates";
import { describeProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { CheckField, TextArea, TextField } from "@/ui/field";

interface OpenProps {
  isOpen: boolean;
  onClose: () => void;
}

export function NewGallery({ isOpen, onClose }: OpenProps) {
  const { t } = useTranslation("galleries");
  const navigate = useNavigate();
  const create = useCreateGallery();
  const save = (said: GallerySaid) =>
    create.mutate(said, {
      onSuccess: ({ gallery_id }) =>
        void navigate({ to: "/galleries/$galleryId", params: { galleryId: String(gallery_id) } }),
    });
  return (
    <Dialog title={t("new")} isOpen={isOpen} onClose={onClose}>
      <Form go={t("create")} isBusy={create.isPending} error={create.error} onSave={save} />
    </Dialog>
  );
}

export function EditGallery({ gallery, isOpen, onClose }: OpenProps & { gallery: Gallery }) {
  const { t } = useTranslation(["galleries", "common"]);
  const change = useChangeGallery(gallery.gallery_id);
  return (
    <Dialog title={t("edit")} isOpen={isOpen} onClose={onClose}>
      <Form
        gallery={gallery}
        go={t("common:save")}
        isBusy={change.isPending}
        error={change.error}
        onSave={(said) => change.mutate(said, { onSuccess: onClose })}
      />
    </Dialog>
  );
}

interface FormProps {
  gallery?: Gallery;
  go: string;
  isBusy: boolean;
  error: unknown;
  onSave: (said: GallerySaid) => void;
}

function Form({ gallery, go, isBusy, error, onSave }: FormProps) {
  const { t } = useTranslation("galleries");
  const { t: common } = useTranslation();
  const [title, setTitle] = useState(gallery?.title ?? "");
  const [words, setWords] = useState(gallery?.words ?? "");
  const [ends, setEnds] = useState(gallery?.expires_at ? dayOf(gallery.expires_at) : "");
  const [deletes, setDeletes] = useState(gallery?.delete_photos_on_expiry ?? false);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const isSameDay = gallery?.expires_at && dayOf(gallery.expires_at) === ends;
    const expires_at = isSameDay ? gallery.expires_at : ends ? endOfDay(ends) : null;
    onSave({ title, words, expires_at, delete_photos_on_expiry: deletes && ends !== "" });
  };
  return (
    <form onSubmit={submit}>
      <TextField
        label={t("form.title")}
        required
        maxLength={200}
        dir="auto"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
      <TextArea
        label={t("form.words")}
        hint={t("form.wordsHint")}
        maxLength={2000}
        dir="auto"
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <TextField
        label={t("form.ends")}
        hint={t("form.endsHint")}
        type="date"
        min={dayOf(new Date().toISOString())}
        value={ends}
        onChange={(event) => setEnds(event.target.value)}
        problem={error ? describeProblem(error, common) : null}
      />
      <CheckField
        label={t("form.deletes")}
        disabled={ends === ""}
        checked={deletes && ends !== ""}
        onChange={(event) => setDeletes(event.target.checked)}
      />
      <Button type="submit" look="primary" disabled={isBusy}>
        {go}
      </Button>
    </form>
  );
}
