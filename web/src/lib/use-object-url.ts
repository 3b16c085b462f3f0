import { useEffect, useState } from "react";

/** An address under which the page can show a picture it holds. */
export function useObjectUrl(blob: Blob | null): string | null {
  const [held, setHeld] = useState<{ blob: Blob; url: string } | null>(null);
  useEffect(() => {
    if (!blob) return;
    const url = URL.createObjectURL(blob);
    // The address exists only from here on; there is no earlier moment to tell it.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setHeld({ blob, url });
    return () => URL.revokeObjectURL(url);
  }, [blob]);
  return held !== null && held.blob === blob ? held.url : null;
}
