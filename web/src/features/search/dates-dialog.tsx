import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import type { SearchState } from "./use-search-filter";

interface DatesProps {
  search: SearchState;
  isOpen: boolean;
  onClose: () => void;
}

export function DatesDialog({ search, isOpen, onClose }: DatesProps) {
  const { t } = useTranslation("search");
  return (
    <Dialog title={t("dates")} isOpen={isOpen} onClose={onClose}>
      <Form search={search} onClose={onClose} />
    </Dialog>
  );
}

function Form({ search, onClose }: Omit<DatesProps, "isOpen">) {
  const { t } = useTranslation("search");
  const [from, setFrom] = useState(search.filter.from ?? "");
  const [to, setTo] = useState(search.filter.to ?? "");
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    search.change({ from: from || undefined, to: to || undefined });
    onClose();
  };
  return (
    <form onSubmit={submit}>
      <TextField
        label={t("from")}
        type="date"
        max={to || undefined}
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <TextField
        label={t("to")}
        type="date"
        min={from || undefined}
        value={to}
        onChange={(event) => setTo(event.target.value)}
      />
      <Button type="submit" look="primary">
        {t("go")}
      </Button>
    </form>
  );
}
