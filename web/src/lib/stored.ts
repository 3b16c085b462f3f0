/** What this browser keeps for itself between visits. A browser that forbids it forgets. */
export function readStored(name: string): string | null {
  try {
    return localStorage.getItem(`kith.${name}`);
  } catch {
    return null;
  }
}

export function writeStored(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`kith.${name}`);
    else localStorage.setItem(`kith.${name}`, value);
  } catch {
    // Private windows may forbid it; the choice then lasts as long as the page.
  }
}
