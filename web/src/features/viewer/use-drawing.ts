import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Box } from "@/api/decisions";
import type { PhotoItem } from "@/api/photos";
import { useShortcuts, type Shortcut } from "@/lib/shortcuts";

export interface Drawing {
  box: Box | null;
  /** The box is drawn, and it is asked whose face is in it. */
  isAsking: boolean;
  text: string;
}

export interface Drawn {
  drawing: Drawing | null;
  /** The server would refuse it. */
  isTooSmall: boolean;
  begin: () => void;
  change: (now: Partial<Drawing>) => void;
  end: () => void;
}

const LEAST_PX = 12;
const NUDGE = 0.01;
const BEGIN: Drawing = { box: null, isAsking: false, text: "" };

/** Drawing a face by hand: a box by the pointer, or by the arrows; then a name. */
export function useDrawing(photo: PhotoItem | undefined): Drawn {
  const { t } = useTranslation("viewer");
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const box = drawing?.box ?? null;
  const isTooSmall =
    box !== null &&
    photo !== undefined &&
    (box.width * photo.width_px < LEAST_PX || box.height * photo.height_px < LEAST_PX);
  const change = (now: Partial<Drawing>) => setDrawing((it) => it && { ...it, ...now });
  const end = () => setDrawing(null);

  const arrows: Shortcut[] = Object.entries(ARROWS).flatMap(([key, [dx, dy]]) => [
    {
      keys: key,
      label: t("draw.move"),
      run: () => change({ box: shifted(box ?? middle(photo), dx, dy, 0, 0) }),
    },
    {
      keys: `Shift+${key}`,
      label: t("draw.resize"),
      run: () => change({ box: shifted(box ?? middle(photo), 0, 0, dx, dy) }),
    },
  ]);
  useShortcuts(
    [
      { keys: "Escape", label: t("draw.leave"), run: end },
      { keys: "Enter", label: t("draw.go"), run: () => box && !isTooSmall && change({ isAsking: true }) },
      ...arrows,
    ],
    drawing !== null,
  );
  return { drawing, isTooSmall, begin: () => setDrawing(BEGIN), change, end };
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A square in the middle, for those who draw by keyboard. */
function middle(photo: PhotoItem | undefined): Box {
  const ratio = photo ? photo.width_px / photo.height_px : 1;
  const [width, height] = ratio > 1 ? [0.2 / ratio, 0.2] : [0.2, 0.2 * ratio];
  return { x: 0.5 - width / 2, y: 0.5 - height / 2, width, height };
}

function shifted(box: Box, dx: number, dy: number, dw: number, dh: number): Box {
  const width = within(box.width + dw * NUDGE, NUDGE, 1);
  const height = within(box.height + dh * NUDGE, NUDGE, 1);
  return {
    width,
    height,
    x: within(box.x + dx * NUDGE, 0, 1 - width),
    y: within(box.y + dy * NUDGE, 0, 1 - height),
  };
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
