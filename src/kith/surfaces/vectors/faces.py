"""Part A: faces indexed, searched and compared, and the pictures they are in."""

from typing import Annotated

from fastapi import Path, Response

from kith.accounts.principal import Scope
from kith.photos.links import Bucket
from kith.surfaces.access import needs, needs_or_link
from kith.surfaces.requests import Kith
from kith.surfaces.vectors import finding, mapping, wire
from kith.surfaces.vectors.asking import AskedBy, LookedAt, Picture, Remembered, WantedFaces
from kith.surfaces.vectors.images import ViewedBy
from kith.surfaces.vectors.rating import Full
from kith.surfaces.vectors.repeating import IdempotencyKey, index_once

_BAD = {"model": wire.VectorsErrorOut, "description": "The request cannot be used"}
_LARGE = {"model": wire.VectorsErrorOut, "description": "The picture is too large"}
_BUSY = {"model": wire.VectorsErrorOut, "description": "Busy or not ready; try again later"}
_MISSING = {"model": wire.VectorsErrorOut, "description": "There is no such picture"}
_REUSED = {"model": wire.VectorsErrorOut, "description": "The request, or its idempotency key, will not do"}
_DENIED = {"model": wire.VectorsErrorOut, "description": "The tenant is another's"}

router = Full(tags=["vectors"], responses={400: _BAD, 403: _DENIED, 503: _BUSY})


@router.post(
    "/index_face", dependencies=[needs(Scope.INDEX)], summary="Keep a picture and its faces",
    responses={413: _LARGE, 422: _REUSED},
)  # fmt: skip
async def index_face(
    file: Picture, kith: Kith, asked: AskedBy, key: IdempotencyKey = None
) -> wire.IndexedOut:
    """The same picture twice is one photo with the same faces. A picture without a face is kept, too."""
    return await index_once(kith, asked, file, key)


@router.post(
    "/search_face", dependencies=[needs(Scope.INDEX), needs(Scope.SEARCH)],
    summary="Keep a picture for a day, and find faces like its surest one", responses={413: _LARGE},
)  # fmt: skip
async def search_face(
    looked: LookedAt, wanted: WantedFaces, kith: Kith, asked: AskedBy
) -> wire.VectorSearchOut:
    """Best first. What the picture itself brought is never found by it."""
    return mapping.searched(asked, await finding.search(kith, asked, looked, wanted))


@router.post(
    "/compare_face", dependencies=[needs(Scope.SEARCH)],
    summary="Find faces like the surest one of a picture, and keep nothing", responses={413: _LARGE},
)  # fmt: skip
async def compare_face(
    looked: Remembered, wanted: WantedFaces, kith: Kith, asked: AskedBy
) -> wire.CompareOut:
    return mapping.compared(asked, await finding.compare(kith, asked, looked, wanted))


@router.get(
    "/images/{bucket}/{key:path}", dependencies=[needs_or_link(Scope.READ)], summary="A picture",
    response_class=Response, responses={404: _MISSING},
)  # fmt: skip
async def show_image(
    bucket: Bucket, key: Annotated[str, Path(max_length=1000)], viewer: ViewedBy
) -> Response:  # fmt: skip
    """Of one's own tenant, or by the signed link that an answer held, for ten minutes."""
    image = await viewer.see(bucket, key)
    headers = {"cache-control": "private, max-age=600"}
    return Response(image.data, media_type=image.media_type, headers=headers)
