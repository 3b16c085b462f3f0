"""The root of the server: which surface a path belongs to, and the one document that describes them all."""

from collections.abc import Mapping, Sequence
from functools import cache

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match, Mount
from starlette.types import Receive, Scope, Send

from kith.surfaces.access import NeedsOrLink, Public, demand_of, has_link, routes_of

# Where a scope says which surface at the root it is for, where the address alone does not.
CHOSEN = "kith.surface"


class Dispatcher:
    """Hands a request to the first surface whose routes know path and method, else only the path.

    A path with a slash too many or too few goes where it belongs without, for that surface to redirect
    it. What nobody knows goes to the first.
    """

    def __init__(self, surfaces: Sequence[FastAPI]) -> None:
        self.surfaces = surfaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.choose(scope)(scope, receive, send)

    def choose(self, scope: Scope) -> FastAPI:
        if scope.get(CHOSEN) in self.surfaces:
            return scope[CHOSEN]
        if scope["type"] == "http":
            path: str = scope["path"]
            for candidate in (path, path.rstrip("/") if path.endswith("/") else f"{path}/"):
                found = self._best({**scope, "path": candidate})
                if found is not None:
                    return found
        return self.surfaces[0]

    def _best(self, scope: Scope) -> FastAPI | None:
        partly: FastAPI | None = None
        for surface in self.surfaces:
            match = _match(scope, surface)
            if match is Match.FULL:
                return surface
            if match is Match.PARTIAL and partly is None:
                partly = surface
        return partly


class Site:
    """Where every surface is: under a prefix of its own, at the root, and maybe on its own port.

    `surfaces` are (prefix, surface); those with a port are among them.
    """

    def __init__(
        self, mounted: Mapping[str, FastAPI], root: Sequence[FastAPI],
        ports: Mapping[int, FastAPI] | None = None,
    ) -> None:  # fmt: skip
        self._dispatcher = Dispatcher(root)
        self._mounts = [(Mount(prefix, app), app) for prefix, app in mounted.items()]
        self._ports = dict(ports or {})
        self.surfaces = [*mounted.items(), *(("", it) for it in root)]
        # FastAPI prepares a surface's routes when they are first asked for, which takes long.
        self._asking_nobody = cache(_asking_nobody)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app, inside = self._find(scope)
        scope.update(inside)  # as Starlette's own routers do; middleware looks there afterwards
        await app(scope, receive, send)

    def prepare(self) -> None:
        """Have all routes made ready now, rather than when they are first asked for."""
        for surface in {it for _, it in self.surfaces}:
            self._asking_nobody(surface)

    def surface_of(self, scope: Scope) -> FastAPI:
        """The surface that will answer a request."""
        return self._find(scope)[0]

    def is_public(self, scope: Scope) -> bool:
        """Whether a request is for a route that asks nobody for a key, or shows a link where one will do."""
        app, inside = self._find(scope)
        public, linked = self._asking_nobody(app)
        routes = [*public, *(linked if has_link(scope) else ())]
        return any(route.matches(dict(inside))[0] is Match.FULL for route in routes)

    def is_shared(self, scope: Scope) -> bool:
        """Whether a request came in where all surfaces answer, rather than on the port of one."""
        return self._alone(scope) is None

    def _alone(self, scope: Scope) -> FastAPI | None:
        _, port = scope.get("server") or ("", None)
        return self._ports.get(port or 0)

    def _find(self, scope: Scope) -> tuple[FastAPI, Scope]:
        alone = self._alone(scope)
        if alone is not None:
            return alone, scope
        for mount, app in self._mounts:
            found, below = mount.matches(dict(scope))
            if found is not Match.NONE:
                return app, {**scope, **below}
        return self._dispatcher.choose(scope), scope


def _asking_nobody(app: FastAPI) -> tuple[list[APIRoute], list[APIRoute]]:
    """The routes that are public, and those for which a link will do."""
    routes = [(it, demand_of(it)) for it in routes_of(app)]
    public = [it for it, demand in routes if isinstance(demand, Public)]
    return public, [it for it, demand in routes if isinstance(demand, NeedsOrLink)]


def _match(scope: Scope, surface: FastAPI) -> Match:
    best = Match.NONE
    for route in surface.routes:
        match = route.matches(dict(scope))[0]
        if match is Match.FULL:
            return match
        best = max(best, match, key=lambda it: it.value)
    return best
