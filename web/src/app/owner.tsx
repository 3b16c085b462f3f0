import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { useEffect } from "react";
import { keyWanted } from "@/api/client";
import { sessionQuery } from "@/api/session";
import { Uploads } from "@/features/uploads/uploads";
import { ShortcutSheet } from "@/ui/shortcut-sheet";
import { Toasts } from "@/ui/toasts";
import { SignIn } from "./sign-in";
import { useLive } from "./use-live";

/** What all rooms of the owner have, the viewer too: a key where one is wanted, messages, the sheet of keys. */
export function Owner() {
  const isLocked = useIsLocked();
  useLive(isLocked === false);
  if (isLocked) return <SignIn />;
  return (
    <>
      <Outlet />
      <Uploads />
      <ShortcutSheet />
      <Toasts />
    </>
  );
}

/** Whether the server wants a key that this browser has not shown; undefined while that is not known. */
function useIsLocked(): boolean | undefined {
  const queries = useQueryClient();
  const session = useQuery(sessionQuery).data;
  useEffect(() => {
    const ask = () => void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    keyWanted.addEventListener("wanted", ask);
    return () => keyWanted.removeEventListener("wanted", ask);
  }, [queries]);
  return session && session.needs_key && !session.signed_in;
}
