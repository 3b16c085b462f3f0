"""The pictures of photos and faces, for who may look: small, middling, as they came in, and of a face."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response

from kith.accounts.principal import Principal, Scope
from kith.runtime import Runtime
from kith.surfaces.access import needs
from kith.surfaces.native.conditional import has
from kith.surfaces.native.ranges import ranged
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import MAX_ID, Kith, Who
from kith.timeline.media import Media, Picture

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
Version = Annotated[str, Query(max_length=64, description="`version`: then it may be kept for good.")]

_FOR_GOOD = "private, max-age=31536000, immutable"
_FOR_NOW = "private, max-age=60"
# Whatever a file makes a browser believe that it is: nothing in it runs, or loads anything.
_SAFE = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'"}

_READ = [needs(Scope.READ)]
_WEBP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/webp": {}}},
    304: {"description": "It is what the client has"},
}
_MISSING = {"model": ProblemOut, "description": "There is no such thing, or its file is gone"}

router = APIRouter(tags=["media"], responses={403: {"model": ProblemOut}, 404: _MISSING})


@router.get(
    "/photos/{photo_id}/thumbnail", dependencies=_READ, summary="A photo within 320 pixels, WebP",
    response_class=Response, responses=_WEBP,
)  # fmt: skip
async def show_thumbnail(photo_id: Id, request: Request, kith: Kith, who: Who, v: Version = "") -> Response:
    return _answer(request, await _media(kith, who).thumbnail(photo_id), v)


@router.get(
    "/photos/{photo_id}/preview", dependencies=_READ, summary="A photo within 1,600 pixels, WebP",
    response_class=Response, responses=_WEBP,
)  # fmt: skip
async def show_preview(photo_id: Id, request: Request, kith: Kith, who: Who, v: Version = "") -> Response:
    """Also of what browsers cannot show. It is made at first sight."""
    return _answer(request, await _media(kith, who).preview(photo_id), v)


@router.get(
    "/photos/{photo_id}/file", dependencies=_READ, summary="A photo's own bytes", response_class=Response,
    responses={206: {"description": "The part asked for"}, 416: {"description": "There is no such part"}},
)  # fmt: skip
async def show_file(photo_id: Id, request: Request, kith: Kith, who: Who, v: Version = "") -> Response:
    """In full, or the one `Range` that is asked for."""
    return _answer(request, await _media(kith, who).original(photo_id), v)


@router.get(
    "/faces/{face_id}/crop", dependencies=_READ, summary="A face within 256 pixels, WebP",
    response_class=Response, responses=_WEBP,
)  # fmt: skip
async def show_crop(face_id: Id, request: Request, kith: Kith, who: Who, v: Version = "") -> Response:
    return _answer(request, await _media(kith, who).crop(face_id), v)


def _media(kith: Runtime, who: Principal) -> Media:
    max_side_px = kith.settings.engine.max_side_px
    return Media(kith.db, kith.blobs, kith.sources, kith.decoding, kith.limits, max_side_px, who)


def _answer(request: Request, it: Picture, version: str) -> Response:
    headers = {
        **_SAFE,
        "etag": f'"{it.version}-{len(it.data):x}"',
        "cache-control": _FOR_GOOD if version == it.version else _FOR_NOW,
        "content-disposition": f"inline; filename*=UTF-8''{quote(it.name, safe='')}",
    }
    if has(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return ranged(request, it.data, it.media_type, headers)
