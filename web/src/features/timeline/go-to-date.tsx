import { useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import type { GridHandle } from "@/ui/photo-grid/photo-grid";
import type { Section } from "@/ui/photo-grid/rows";

interface GoProps {
  isOpen: boolean;
  onClose: () => void;
  sections: readonly Section[];
  grid: RefObject<GridHandle | null>;
}

/** Asks for a month and shows it, or the nearest before it that has photos. */
export function GoToDate({ isOpen, onClose, sections, grid }: GoProps) {
  const { t } = useTranslation("timeline");
  const [month, setMonth] = useState("");
  const go = () => {
    const found = sections.find((it) => it.key <= month) ?? sections.at(-1);
    onClose();
    if (found) grid.current?.showSection(found.key);
  };
  return (
    <Dialog title={t("goToDate")} isOpen={isOpen} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <TextField
          label={t("month")}
          type="month"
          value={month}
          min={sections.at(-1)?.key}
          max={sections[0]?.key}
          required
          onChange={(event) => setMonth(event.target.value)}
        />
        <Button type="submit" look="primary">
          {t("go")}
        </Button>
      </form>
    </Dialog>
  );
}
