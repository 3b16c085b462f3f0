import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { photoFilterIn } from "@/lib/photo-filter";
import { Failed, Waiting } from "@/ui/states";
import { NotFound } from "./not-found";
import { Shell } from "./shell";

const root = createRootRoute({ notFoundComponent: NotFound });

/** The rooms of the owner stand in the shell; what guests see does not. */
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

interface PhotosSearch {
  favourite?: boolean;
}

const photos = createRoute({
  getParentRoute: () => shell,
  path: "/",
  validateSearch: (search): PhotosSearch => (search.favourite === true ? { favourite: true } : {}),
  component: lazyRouteComponent(() => import("@/features/timeline/rooms"), "LibraryRoom"),
});

const photo = createRoute({
  getParentRoute: () => root,
  path: "/photos/$photoId",
  validateSearch: photoFilterIn,
  component: lazyRouteComponent(() => import("@/features/viewer/viewer-page"), "ViewerPage"),
});

const trash = createRoute({
  getParentRoute: () => shell,
  path: "/trash",
  component: lazyRouteComponent(() => import("@/features/timeline/rooms"), "TrashRoom"),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/features/settings/settings-page"), "SettingsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([shell.addChildren([photos, trash, settings]), photo]),
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
