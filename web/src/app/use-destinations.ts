import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CalendarDays, GalleryHorizontalEnd, Heart, Monitor, Moon, Search, Sun, Trash2 } from "lucide-react";
import { useEffect, type ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { galleriesQuery } from "@/api/galleries";
import { useCompletions } from "@/api/names";
import { daysIn, shownDays } from "@/lib/search-words";
import { chooseTheme, type Theme } from "@/lib/theme";
import { ROOMS } from "./rooms";

/** Something to go to, or to do. */
export interface Destination {
  key: string;
  name: string;
  /** A person's face; null where there is no picture of it. */
  picture?: string | null;
  icon?: ComponentType;
  go: () => void;
}

const SIGNS = ["@", "#", "/", ">"];
const THEMES: readonly [Theme, ComponentType][] = [
  ["light", Sun],
  ["dark", Moon],
  ["system", Monitor],
];

/** What a text may mean: all of a kind where it begins with a sign, else whatever is called so. */
export function useDestinations(text: string): readonly Destination[] {
  const sign = SIGNS.find((it) => text.startsWith(it));
  const word = (sign ? text.slice(1) : text).trim();
  const commands = useCommands();
  const people = usePeople(word);
  const galleries = useGalleries();
  const days = useDays(word);
  const search = useSearch(word);
  const called = named(word);
  if (sign === "@") return people;
  if (sign === "#") return days;
  if (sign === "/") return galleries.filter(called);
  if (sign === ">") return commands.filter(called);
  if (word === "") return commands;
  return [...commands.filter(called), ...people, ...galleries.filter(called), ...days, ...search];
}

function useCommands(): Destination[] {
  const { t } = useTranslation(["common", "timeline"]);
  const navigate = useNavigate();
  return [
    ...ROOMS.map(({ to, name, icon }) => ({
      key: name,
      name: t(`rooms.${name}`),
      icon,
      go: () => void navigate({ to }),
    })),
    {
      key: "favourites",
      name: t("timeline:favourites"),
      icon: Heart,
      go: () => void navigate({ to: "/", search: { favourite: true } }),
    },
    { key: "trash", name: t("timeline:trash"), icon: Trash2, go: () => void navigate({ to: "/trash" }) },
    ...THEMES.map(([theme, icon]) => ({
      key: theme,
      name: `${t("theme.label")}: ${t(`theme.${theme}`)}`,
      icon,
      go: () => chooseTheme(theme),
    })),
  ];
}

function usePeople(word: string): Destination[] {
  const navigate = useNavigate();
  const { choices, isSettled } = useCompletions(word);
  // People of another word would be gone to by who is quicker than the answer.
  if (!isSettled) return [];
  return choices.map(({ personId, name, picture }) => ({
    key: `@${personId}`,
    name,
    picture,
    go: () => void navigate({ to: "/people/$personId", params: { personId: String(personId) } }),
  }));
}

function useGalleries(): Destination[] {
  const navigate = useNavigate();
  const { data, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery(galleriesQuery);
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const items = data?.pages.flatMap((it) => it.items) ?? [];
  return items.map(({ gallery_id, title }) => ({
    key: `/${gallery_id}`,
    name: title,
    icon: GalleryHorizontalEnd,
    go: () => void navigate({ to: "/galleries/$galleryId", params: { galleryId: String(gallery_id) } }),
  }));
}

function useDays(word: string): Destination[] {
  const { i18n } = useTranslation();
  const navigate = useNavigate();
  const days = daysIn(word, i18n.language);
  if (!days) return [];
  return [
    {
      key: "#",
      name: shownDays(days, i18n.language),
      icon: CalendarDays,
      go: () => void navigate({ to: "/search", search: days }),
    },
  ];
}

function useSearch(word: string): Destination[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const name = t("palette.search", { text: word });
  return [{ key: "?", name, icon: Search, go: () => void navigate({ to: "/search", search: { q: word } }) }];
}

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const named = (word: string) => (it: Destination) => plain(it.name).includes(plain(word));
