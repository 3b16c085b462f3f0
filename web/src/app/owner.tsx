import { useQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { sessionQuery } from "@/api/session";
import { Uploads } from "@/features/uploads/uploads";
import { ShortcutSheet } from "@/ui/shortcut-sheet";
import { Toasts } from "@/ui/toasts";
import { useLive } from "./use-live";

/** What all rooms of the owner have, the viewer too: what changes is heard, messages, the sheet of keys. */
export function Owner() {
  const session = useQuery(sessionQuery);
  useLive(session.data !== undefined && (!session.data.needs_key || session.data.signed_in));
  return (
    <>
      <Outlet />
      <Uploads />
      <ShortcutSheet />
      <Toasts />
    </>
  );
}
