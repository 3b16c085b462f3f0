import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { guestQuery, insideQuery } from "@/api/guest";
import { OFFLINE, Problem } from "@/lib/problem";
import { Waiting } from "@/ui/states";
import { Toasts } from "@/ui/toasts";
import { Closed } from "./closed";
import { GuestFrame } from "./guest-frame";
import { Inside } from "./inside";
import { Offline } from "./offline";
import { Welcome } from "./welcome";

/** What opens behind a link to a gallery: a guest's only page, without anything of the owner's. */
export function GuestPage() {
  const { token } = useParams({ from: "/g/$token" });
  const [isForgotten, setForgotten] = useState(false);
  const gallery = useQuery(guestQuery(token));
  const inside = useQuery({ ...insideQuery(token), enabled: gallery.isSuccess });
  const title = gallery.data?.title;
  const isOver = useIsOver(gallery.data?.expires_at ?? null);
  useEffect(() => {
    if (title) document.title = title;
  }, [title]);

  const closed = closedBy(gallery.error) ?? closedBy(inside.error) ?? (isOver ? "expired" : null);
  const isOffline = codeOf(inside.error) === OFFLINE;
  const content = () => {
    if (closed) return <Closed reason={closed} />;
    if (gallery.isError) return <Offline error={gallery.error} retry={() => void gallery.refetch()} />;
    if (gallery.isPending || inside.isPending) return <Waiting />;
    if (inside.data === undefined)
      return <Offline error={inside.error} retry={() => void inside.refetch()} />;
    if (!inside.data) {
      return (
        <Welcome
          token={token}
          gallery={gallery.data}
          isForgotten={isForgotten}
          onEntered={() => setForgotten(false)}
        />
      );
    }
    return <Inside token={token} gallery={gallery.data} onForgotten={() => setForgotten(true)} />;
  };
  return (
    <>
      <GuestFrame isOffline={isOffline && !closed}>{content()}</GuestFrame>
      <Toasts />
    </>
  );
}

function codeOf(error: unknown): string | null {
  return error instanceof Problem ? error.code : null;
}

function closedBy(error: unknown): "missing" | "expired" | null {
  if (!(error instanceof Problem)) return null;
  if (error.status === 410) return "expired";
  return error.status === 404 || error.status === 422 ? "missing" : null;
}

// What a timer can count at once; links that live longer are asked about meanwhile anyway.
const LONGEST_MS = 2 ** 31 - 1;

/** Becomes true when the time of a link comes while it is open. */
function useIsOver(expiresAt: string | null): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    if (expiresAt === null) return;
    const left = new Date(expiresAt).getTime() - Date.now();
    if (left > LONGEST_MS) return;
    const timer = setTimeout(() => setOver(true), Math.max(0, left));
    return () => clearTimeout(timer);
  }, [expiresAt]);
  return isOver;
}
