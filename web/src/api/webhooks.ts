import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schema } from "./client";

export type Webhook = Schema<"WebhookOut">;
export type NewWebhook = Schema<"WebhookIn">;
export type Delivery = Schema<"DeliveryOut">;
export type DeliveryState = Schema<"DeliveryState">;

export const webhooksQuery = queryOptions({
  queryKey: ["webhooks"],
  queryFn: async ({ signal }) => body(await api.GET("/webhooks", { signal })),
});

export const deliveriesQuery = (state: DeliveryState | undefined) =>
  infiniteQueryOptions({
    queryKey: ["deliveries", state ?? "all"],
    queryFn: async ({ signal, pageParam }) => {
      const query = { limit: 50, ...(state && { state }), ...(pageParam && { cursor: pageParam }) };
      return body(await api.GET("/webhooks/deliveries", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export function useAddWebhook() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (webhook: NewWebhook) => body(await api.POST("/webhooks", { body: webhook })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}

export function useRemoveWebhook() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (webhook_id: number) =>
      api.DELETE("/webhooks/{webhook_id}", { params: { path: { webhook_id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}

export function useTryWebhook() {
  return useMutation({
    mutationFn: async (webhook_id: number) =>
      body(await api.POST("/webhooks/{webhook_id}/test", { params: { path: { webhook_id } } })),
  });
}

/** Sends again what is dead: one, or (null) all. */
export function useReplay() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (delivery_id: number | null) =>
      body(await api.POST("/webhooks/deliveries/replay", { body: { delivery_id } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["deliveries"] }),
  });
}
