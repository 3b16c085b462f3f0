"""The endpoints of galleries: made, filled, given a time, deleted."""

from typing import Annotated

from fastapi import APIRouter, File, Path, UploadFile

from kith.accounts.principal import Scope
from kith.sharing.copying import copy_photos
from kith.sharing.filling import Intakes, Sent, add_pictures
from kith.sharing.galleries import SharedGalleries, get_shared, list_shared
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_galleries as mapping
from kith.surfaces.native import wire_galleries as wire
from kith.surfaces.native.paging import Paged
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import MAX_ID, Kith, Reading, Who, Writing
from kith.surfaces.uploads import picture_name

GalleryId = Annotated[int, Path(ge=1, le=MAX_ID)]

_READ, _MANAGE, _INDEX = [needs(Scope.READ)], [needs(Scope.MANAGE)], [needs(Scope.INDEX)]
_BAD = {"model": ProblemOut, "description": "The input cannot be used"}
_MISSING = {"model": ProblemOut, "description": "There is no such gallery"}
_OVER = {"model": ProblemOut, "description": "The gallery's time is over"}
_LARGE = {"model": ProblemOut, "description": "Too large, or more than the tenant may have"}

router = APIRouter(tags=["galleries"], responses={403: {"model": ProblemOut}})


@router.get("/galleries", dependencies=_READ, summary="List galleries that are shared")
async def list_galleries(session: Reading, who: Who, asked: Paged) -> wire.GalleriesOut:
    """The newest first. The library is none of them, nor is what other surfaces keep for their clients."""
    found = await list_shared(session, who, asked.after_id(), asked.and_one_more)
    shown, cursor = asked.cut(found, lambda it: (it.gallery.id,))
    return wire.GalleriesOut(items=[mapping.gallery(it) for it in shown], next_cursor=cursor)


@router.post(
    "/galleries", dependencies=_MANAGE, status_code=201, summary="Make a gallery", responses={400: _BAD}
)
async def create_gallery(body: wire.GalleryIn, kith: Kith, session: Writing, who: Who) -> wire.GalleryOut:
    galleries = SharedGalleries(session, who, kith.clock)
    return mapping.gallery(await galleries.create(body.title, mapping.change(body)))


@router.get(
    "/galleries/{gallery_id}", dependencies=_READ, summary="A gallery, with how far it is analysed",
    responses={404: _MISSING},
)  # fmt: skip
async def get_gallery(gallery_id: GalleryId, session: Reading, who: Who) -> wire.GalleryOut:
    return mapping.gallery(await get_shared(session, who, gallery_id))


@router.patch(
    "/galleries/{gallery_id}", dependencies=_MANAGE, summary="Change what is said of a gallery",
    responses={400: _BAD, 404: _MISSING, 409: _OVER},
)  # fmt: skip
async def change_gallery(
    gallery_id: GalleryId, body: wire.GalleryPatch, kith: Kith, session: Writing, who: Who
) -> wire.GalleryOut:
    galleries = SharedGalleries(session, who, kith.clock)
    return mapping.gallery(await galleries.change(gallery_id, mapping.change(body)))


@router.delete(
    "/galleries/{gallery_id}", dependencies=_MANAGE, summary="Erase a gallery", responses={404: _MISSING}
)
async def delete_gallery(gallery_id: GalleryId, kith: Kith, who: Who) -> wire.GalleryDeletedOut:
    """For good: its photos, faces, embeddings, what was derived of them, and all links to it."""
    count = await kith.ending.delete(who, gallery_id)
    return wire.GalleryDeletedOut(gallery_id=gallery_id, photos_deleted=count)


@router.post(
    "/galleries/{gallery_id}/photos", dependencies=_INDEX, summary="Put pictures into a gallery",
    responses={404: _MISSING, 409: _OVER, 413: _LARGE},
)  # fmt: skip
async def add_gallery_photos(
    gallery_id: GalleryId, files: Annotated[list[UploadFile], File()], kith: Kith, who: Who
) -> wire.AddedListOut:
    """They are analysed in the background. A file that is no picture is told of; the others are taken."""
    sent = [Sent(picture_name(it.filename), it.read) for it in files]
    return mapping.added(await add_pictures(kith.filling, who, gallery_id, sent))


@router.post(
    "/galleries/{gallery_id}/copies", dependencies=_INDEX, summary="Put copies of photos into a gallery",
    responses={404: _MISSING, 409: _OVER, 413: _LARGE},
)  # fmt: skip
async def copy_gallery_photos(
    gallery_id: GalleryId, body: wire.CopyIn, kith: Kith, who: Who
) -> wire.AddedListOut:
    """Of photos that are there already, wherever; they stay where they are. Others' are passed over."""
    return mapping.added(await copy_photos(kith.filling, who, gallery_id, body.photo_ids))


@router.post(
    "/galleries/{gallery_id}/index", dependencies=_INDEX, status_code=202,
    summary="Take a folder of the sources into a gallery",
    responses={400: _BAD, 404: _MISSING, 409: _OVER, 503: _BAD},
)  # fmt: skip
async def index_gallery(
    gallery_id: GalleryId, body: wire.IntakeIn, kith: Kith, session: Writing, who: Who
) -> wire.IntakeOut:
    """In the background; the gallery's counts and `intake` tell how far it is. The sources stay as is."""
    return mapping.intake(
        await Intakes(session, who, kith.clock, kith.sources).begin(gallery_id, body.prefix)
    )
