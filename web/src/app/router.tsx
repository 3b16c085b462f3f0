import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Failed, Waiting } from "@/ui/states";
import { NotFound } from "./not-found";
import { Shell } from "./shell";

const root = createRootRoute({ notFoundComponent: NotFound });

/** The rooms of the owner stand in the shell; what guests see does not. */
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/features/settings/settings-page"), "SettingsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([shell.addChildren([settings])]),
  scrollRestoration: true,
  defaultPreload: "intent",
  defaultPendingComponent: Waiting,
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
