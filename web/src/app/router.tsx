import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { personFilterIn } from "@/lib/person-filter";
import { personViewIn } from "@/lib/person-view";
import { photoFilterIn } from "@/lib/photo-filter";
import { searchFilterIn } from "@/lib/search-filter";
import { Failed, Waiting } from "@/ui/states";
import { NotFound } from "./not-found";
import { Owner } from "./owner";
import { Shell } from "./shell";

const root = createRootRoute({ notFoundComponent: NotFound });

/** Guests see none of what the owner has. The viewer has it, but fills the window without the shell. */
const owner = createRoute({ getParentRoute: () => root, id: "owner", component: Owner });
const shell = createRoute({ getParentRoute: () => owner, id: "shell", component: Shell });

interface GuestSearch {
  photo?: number;
}

const guest = createRoute({
  getParentRoute: () => root,
  path: "/g/$token",
  validateSearch: ({ photo }): GuestSearch => (typeof photo === "number" ? { photo } : {}),
  component: lazyRouteComponent(() => import("@/features/guest/guest-page"), "GuestPage"),
});

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
  getParentRoute: () => owner,
  path: "/photos/$photoId",
  validateSearch: photoFilterIn,
  component: lazyRouteComponent(() => import("@/features/viewer/viewer-page"), "ViewerPage"),
});

const trash = createRoute({
  getParentRoute: () => shell,
  path: "/trash",
  component: lazyRouteComponent(() => import("@/features/timeline/rooms"), "TrashRoom"),
});

const people = createRoute({
  getParentRoute: () => shell,
  path: "/people",
  validateSearch: personFilterIn,
  component: lazyRouteComponent(() => import("@/features/people/rooms"), "PeoplePage"),
});

const person = createRoute({
  getParentRoute: () => shell,
  path: "/people/$personId",
  validateSearch: personViewIn,
  component: lazyRouteComponent(() => import("@/features/people/rooms"), "PersonPage"),
});

const split = createRoute({
  getParentRoute: () => shell,
  path: "/people/$personId/split",
  component: lazyRouteComponent(() => import("@/features/people/rooms"), "SplitPage"),
});

const review = createRoute({
  getParentRoute: () => shell,
  path: "/review",
  component: lazyRouteComponent(() => import("@/features/review/review-page"), "ReviewPage"),
});

const search = createRoute({
  getParentRoute: () => shell,
  path: "/search",
  validateSearch: searchFilterIn,
  component: lazyRouteComponent(() => import("@/features/search/search-page"), "SearchPage"),
});

const galleries = createRoute({
  getParentRoute: () => shell,
  path: "/galleries",
  component: lazyRouteComponent(() => import("@/features/galleries/galleries-page"), "GalleriesPage"),
});

const gallery = createRoute({
  getParentRoute: () => shell,
  path: "/galleries/$galleryId",
  component: lazyRouteComponent(() => import("@/features/galleries/gallery-page"), "GalleryPage"),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/features/settings/settings-page"), "SettingsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    owner.addChildren([
      shell.addChildren([photos, trash, people, person, split, review, search, galleries, gallery, settings]),
      photo,
    ]),
    guest,
  ]),
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
