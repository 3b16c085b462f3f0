"""One address that two surfaces answer: which of them a search is meant for, told by what it carries."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kith.surfaces.dispatch import CHOSEN

PATH = "/api/v1/search"
_SESSION = frozenset({"session_id", "sessionId"})


class SharedSearch:
    """Searches at the root's `/api/v1/search`: JSON, and forms that name a tenant, are for one surface.

    Everything else stays with the surface that comes first. Stands before Access, which asks whom a request
    is for. What it has read of a body is read again by whoever answers; a body beyond `max_bytes` is refused
    by whichever that is.
    """

    def __init__(self, app: ASGIApp, surface: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._surface = surface
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == PATH:
            kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
            if kind == "application/json":
                scope[CHOSEN] = self._surface
            elif kind == "multipart/form-data":
                receive = await self._look(scope, receive)
        await self._app(scope, receive, send)

    async def _look(self, scope: Scope, receive: Receive) -> Receive:
        """Note which surface a form is for; answers who hands out the body anew."""
        held, is_whole = await self._hold(receive)
        if is_whole and await _names_tenant_only(scope, held):
            scope[CHOSEN] = self._surface
        return _again(held, receive)

    async def _hold(self, receive: Receive) -> tuple[list[Message], bool]:
        held: list[Message] = []
        size = 0
        while size <= self._max_bytes:
            message = await receive()
            held.append(message)
            if message["type"] != "http.request":
                return held, False
            size += len(message.get("body", b""))
            if not message.get("more_body", False):
                return held, size <= self._max_bytes
        return held, False


def _again(held: list[Message], receive: Receive) -> Receive:
    waiting = iter(list(held))

    async def again() -> Message:
        message = next(waiting, None)
        return message if message is not None else await receive()

    return again


async def _names_tenant_only(scope: Scope, held: list[Message]) -> bool:
    """Whether a form has a tenant and no session; one that cannot be read has neither."""

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    try:
        async with Request(dict(scope), _again(held, nothing)).form() as form:
            return "tenant_id" in form and not _SESSION.intersection(form)
    except (HTTPException, MultiPartException, ClientDisconnect):
        return False
