import { queryOptions } from "@tanstack/react-query";
import { api, body, type Schema } from "./client";

export type Part = Schema<"PartOut">;
export type Setting = Schema<"SettingOut">;

export const aboutQuery = queryOptions({
  queryKey: ["about"],
  queryFn: async ({ signal }) => body(await api.GET("/about", { signal })),
});

export const statisticsQuery = queryOptions({
  queryKey: ["statistics"],
  queryFn: async ({ signal }) => body(await api.GET("/statistics", { signal })),
});
