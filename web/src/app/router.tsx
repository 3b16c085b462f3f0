import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { personFilterIn } from "@/lib/person-filter";
import { personViewIn } from "@/lib/person-view";
import { photoFilterIn } from "@/lib/photo-filter";
import { searchFilterIn } from "@/lib/search-filter";
import { Failed, Waiting } from "@/ui/states";
import { NotFound } from "./not-found";
import { Owner } from "./owner";
import { auditSearch, deliveriesSearch } from "./settings-search";
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

const jobs = createRoute({
  getParentRoute: () => shell,
  path: "/jobs",
  component: lazyRouteComponent(() => import("@/features/jobs/jobs-page"), "JobsPage"),
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

const settingsParts = [
  createRoute({
    getParentRoute: () => settings,
    path: "/",
    component: lazyRouteComponent(() => import("@/features/settings/appearance-page"), "AppearancePage"),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: "/packs",
    component: lazyRouteComponent(() => import("@/features/settings/packs-page"), "PacksPage"),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: "/keys",
    component: lazyRouteComponent(() => import("@/features/settings/keys-page"), "KeysPage"),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: "/webhooks",
    validateSearch: deliveriesSearch,
    component: lazyRouteComponent(() => import("@/features/settings/webhooks-page"), "WebhooksPage"),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: "/audit",
    validateSearch: auditSearch,
    component: lazyRouteComponent(() => import("@/features/settings/audit-page"), "AuditPage"),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: "/about",
    component: lazyRouteComponent(() => import("@/features/settings/about-page"), "AboutPage"),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([
    owner.addChildren([
      shell.addChildren([
        photos,
        trash,
        people,
        person,
        split,
        review,
        search,
        galleries,
        gallery,
        jobs,
        settings.addChildren(settingsParts),
      ]),
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
