"""What a browser is given before it asks the API: one page for all rooms, and the files it is made of."""

import gzip
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

# Where the build of `web/` is put.
BUILT = Path(__file__).parent / "dist"

# The first parts of the addresses of rooms; what is no room is the API's to answer.
_ROOMS = frozenset(
    {"", "g", "galleries", "jobs", "people", "photos", "review", "search", "settings", "trash"}
)
_ASSETS = "/assets/"
# The build names these after their content, so that another content has another name.
_FOREVER = "public, max-age=31536000, immutable"
_TEXTS = frozenset({"text/javascript", "text/css", "text/html", "image/svg+xml"})

_POLICY = (
    "default-src 'self'",
    "img-src 'self' blob: data:",
    "style-src 'self' 'unsafe-inline'",  # elements are placed by their style attribute
    "media-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_PAGE_HEADERS = {
    "content-security-policy": "; ".join(_POLICY),
    "referrer-policy": "same-origin",  # the addresses of guests are secrets
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    "cache-control": "no-cache",
}
_NOT_BUILT = (
    "Kith's pages are not built; `make web` builds them. The API answers at /api/kith, its page is /docs.\n"
)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it goes out: `packed` is it after gzip, None where that does not pay."""

    data: bytes
    packed: bytes | None
    media_type: str


class Frontend:
    """Answers browsers that open a room or load a file of the build; all else is handed on.

    At `/`, which an API has too, only who asks for HTML is shown the front end. Nobody needs a key for these
    files: they say nothing of anybody's photos. Requests that `is_shown` denies are all handed on.
    """

    def __init__(
        self, app: ASGIApp, built: Path = BUILT, is_shown: Callable[[Scope], bool] = lambda _: True
    ) -> None:
        self._app = app
        self._built = built
        self._is_shown = is_shown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope)
        await (self._app if answer is None else answer)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"} or not self._is_shown(scope):
            return None
        path: str = scope["path"]
        headers = Headers(scope=scope)
        if path.startswith(_ASSETS):
            return _respond(_asset(self._built, path), headers, {"cache-control": _lifetime(path)})
        if is_page(path) and "text/html" in headers.get("accept", ""):
            page = _asset(self._built, "/index.html")
            if page is None:
                return Response(_NOT_BUILT, 503, media_type="text/plain")
            return _respond(page, headers, _PAGE_HEADERS)
        return None


def is_page(path: str) -> bool:
    """Whether an address is a room's of the front end."""
    return path.startswith("/") and path[1:].partition("/")[0] in _ROOMS


def _lifetime(path: str) -> str:
    return "public, max-age=86400" if path.endswith(".svg") else _FOREVER


def _respond(asset: Asset | None, headers: Headers, more: dict[str, str]) -> Response | None:
    if asset is None:
        return None
    more = {**more, "vary": "accept, accept-encoding"}
    if asset.packed is not None and "gzip" in headers.get("accept-encoding", ""):
        packed = {**more, "content-encoding": "gzip"}
        return Response(asset.packed, media_type=asset.media_type, headers=packed)
    return Response(asset.data, media_type=asset.media_type, headers=more)


@lru_cache(maxsize=256)
def _read(file: Path, _modified_ns: int) -> Asset:
    data = file.read_bytes()
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    packed = gzip.compress(data, mtime=0) if media_type in _TEXTS else None
    return Asset(data, packed, media_type)


def _asset(built: Path, path: str) -> Asset | None:
    """A file of the build, None for what is none of them, whatever a path looks like."""
    file = built.joinpath(*PurePosixPath(path.lstrip("/")).parts)
    if ".." in file.parts or "\0" in path or not file.is_file():
        return None
    return _read(file, file.stat().st_mtime_ns)
