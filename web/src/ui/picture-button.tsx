import { useRef, type ComponentProps } from "react";
import { Button } from "./button";

interface PictureProps extends Omit<ComponentProps<typeof Button>, "onClick"> {
  onPick: (file: File) => void;
  /** Phones open their camera at once, the one that looks at the user. */
  isCamera?: boolean;
}

/** A button that asks for a picture: one that is there, or the camera of a phone. */
export function PictureButton({ onPick, isCamera = false, children, ...rest }: PictureProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...rest} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        hidden
        type="file"
        accept="image/*,.heic,.heif,.avif"
        capture={isCamera ? "user" : undefined}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = ""; // the same file may be chosen again
          if (file) onPick(file);
        }}
      />
    </>
  );
}
