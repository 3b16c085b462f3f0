import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyWanted } from "@/api/client";
import { sessionQuery } from "@/api/session";
import { Uploads } from "@/features/uploads/uploads";
import { useShortcuts } from "@/lib/shortcuts";
import { ShortcutSheet } from "@/ui/shortcut-sheet";
import { Toasts } from "@/ui/toasts";
import { SignIn } from "./sign-in";
import { useLive } from "./use-live";

const loadPalette = async () => ({ default: (await import("./palette")).Palette });
const Palette = lazy(loadPalette);
// Loaded once the room is there: what is typed right after Ctrl+K must meet it.
const SOON_MS = 1500;

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
      <GoAnywhere />
      <Toasts />
    </>
  );
}

function GoAnywhere() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette(), SOON_MS);
    return () => clearTimeout(timer);
  }, []);
  useShortcuts([{ keys: "Mod+k", label: t("palette.title"), run: () => setOpen(true), whileTyping: true }]);
  if (!isOpen) return null;
  return (
    <Suspense>
      <Palette onClose={() => setOpen(false)} />
    </Suspense>
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
