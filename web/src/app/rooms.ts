import type { LinkProps } from "@tanstack/react-router";
import {
  GalleryHorizontalEnd,
  Images,
  ListChecks,
  ScanFace,
  Search,
  Settings,
  UsersRound,
} from "lucide-react";
import type { ComponentType } from "react";
import type { en } from "@/locales/en";

export interface Room {
  to: LinkProps["to"];
  name: Exclude<keyof (typeof en)["common"]["rooms"], "label">;
  icon: ComponentType;
  /** Not among those at hand on a phone. */
  isAside?: boolean;
}

export const ROOMS: readonly Room[] = [
  { to: "/", name: "photos", icon: Images },
  { to: "/people", name: "people", icon: UsersRound },
  { to: "/review", name: "review", icon: ScanFace, isAside: true },
  { to: "/search", name: "search", icon: Search },
  { to: "/galleries", name: "galleries", icon: GalleryHorizontalEnd },
  { to: "/jobs", name: "jobs", icon: ListChecks, isAside: true },
  { to: "/settings", name: "settings", icon: Settings },
];
