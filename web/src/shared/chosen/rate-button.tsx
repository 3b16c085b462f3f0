import { Popover } from "@base-ui/react/popover";
import { Star } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/ui/button";
import { Rating } from "@/ui/rating";
import styles from "./chosen.module.css";

interface RateProps {
  value: number | null;
  onRate: (rating: number | null) => void;
}

/** A button that asks for how many stars. */
export function RateButton({ value, onRate }: RateProps) {
  const { t } = useTranslation("chosen");
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger render={<IconButton label={t("rate")} icon={<Star />} />} />
      <Popover.Portal>
        <Popover.Positioner side="top" sideOffset={12}>
          <Popover.Popup className={styles.stars} aria-label={t("rate")}>
            <Rating
              value={value}
              onRate={(rating) => {
                setOpen(false);
                onRate(rating);
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
