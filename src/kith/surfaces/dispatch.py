"""The root of the server: which surface a path belongs to, and the one document that describes them all."""

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.routing import Match
from starlette.types import Receive, Scope, Send


class Dispatcher:
    """Hands a request to the first surface whose routes know path and method, else only the path.

    A path with a slash too many or too few goes where it belongs without, for that surface to redirect
    it. What nobody knows goes to the first.
    """

    def __init__(self, surfaces: Sequence[FastAPI]) -> None:
        self._surfaces = surfaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._choose(scope)(scope, receive, send)

    def _choose(self, scope: Scope) -> FastAPI:
        if scope["type"] == "http":
            path: str = scope["path"]
            for candidate in (path, path.rstrip("/") if path.endswith("/") else f"{path}/"):
                matches = [_match({**scope, "path": candidate}, surface) for surface in self._surfaces]
                for wanted in (Match.FULL, Match.PARTIAL):
                    if wanted in matches:
                        return self._surfaces[matches.index(wanted)]
        return self._surfaces[0]


def _match(scope: Scope, surface: FastAPI) -> Match:
    found = {route.matches(dict(scope))[0] for route in surface.routes}
    return next((it for it in (Match.FULL, Match.PARTIAL) if it in found), Match.NONE)
