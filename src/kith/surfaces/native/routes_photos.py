"""The endpoints of photos: the timeline, a photo, what is said of it, the trash."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from kith.accounts.principal import Scope
from kith.photos.errors import PhotoChanged
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_photos as mapping
from kith.surfaces.native import wire_photos as wire
from kith.surfaces.native.conditional import answer, still, tag_of
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import MAX_ID, Kith, Reading, Who, Writing
from kith.timeline.editing import edit_photo as edit
from kith.timeline.editing import edit_photos as edit_many
from kith.timeline.reading import read_details, read_months, read_neighbours, read_page
from kith.timeline.shapes import Wanted
from kith.timeline.trash import Trash

PhotoId = Annotated[int, Path(ge=1, le=MAX_ID)]
Limit = Annotated[int, Query(ge=1, le=1000)]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]
_Id = Annotated[int | None, Query(ge=1, le=MAX_ID)]

_READ, _MANAGE = [needs(Scope.READ)], [needs(Scope.MANAGE)]
_BAD = {"model": ProblemOut, "description": "The input cannot be used"}
_MISSING = {"model": ProblemOut, "description": "There is no such photo"}
_CHANGED = {"model": ProblemOut, "description": "The photo has changed since it was read"}
_SAME = {"description": "It is what the client has"}

router = APIRouter(tags=["photos"], responses={403: {"model": ProblemOut}})


async def _filter(
    gallery_id: _Id = None,
    person_id: _Id = None,
    favourite: Annotated[bool | None, Query()] = None,
    rating_min: Annotated[int | None, Query(ge=0, le=5)] = None,
    *,
    trashed: Annotated[bool, Query(description="Those in the trash instead.")] = False,
) -> Wanted:
    return Wanted(gallery_id, person_id, favourite, rating_min, trashed)


async def _filter_in_time(
    wanted: Annotated[Wanted, Depends(_filter)],
    month: Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2024-05"])] = None,
    day: Annotated[date | None, Query()] = None,
) -> Wanted:
    number = int(month.replace("-", "")) if month is not None else None
    return Wanted(
        wanted.gallery_id, wanted.person_id, wanted.is_favourite, wanted.rating_min, wanted.is_trashed,
        number, day,
    )  # fmt: skip


Filter = Annotated[Wanted, Depends(_filter)]
FilterInTime = Annotated[Wanted, Depends(_filter_in_time)]


@router.get(
    "/timeline", dependencies=_READ, summary="How many photos each month has",
    response_model=wire.TimelineOut, responses={304: _SAME},
)  # fmt: skip
async def show_timeline(request: Request, session: Reading, who: Who, wanted: Filter) -> Response:
    """Of the library, or of a gallery, a person or the trash; the newest month first."""
    return answer(request, mapping.timeline(await read_months(session, who, wanted)))


@router.get("/photos", dependencies=_READ, summary="List photos, the newest first", responses={400: _BAD})
async def list_photos(
    session: Reading, who: Who, wanted: FilterInTime, limit: Limit = 100, cursor: Cursor = None
) -> wire.PhotosOut:
    return mapping.page(await read_page(session, who, wanted, limit, cursor))


@router.get(
    "/photos/{photo_id}", dependencies=_READ, summary="A photo with its faces",
    response_model=wire.PhotoOut, responses={304: _SAME, 404: _MISSING},
)  # fmt: skip
async def show_photo(photo_id: PhotoId, request: Request, session: Reading, who: Who) -> Response:
    return answer(request, mapping.details(await read_details(session, who, photo_id)))


@router.get(
    "/photos/{photo_id}/neighbours", dependencies=_READ, summary="The photos beside one in the timeline",
    responses={404: _MISSING},
)  # fmt: skip
async def show_neighbours(
    photo_id: PhotoId, session: Reading, who: Who, wanted: FilterInTime
) -> wire.NeighboursOut:
    return mapping.neighbours(await read_neighbours(session, who, wanted, photo_id))


@router.patch(
    "/photos/{photo_id}", dependencies=_MANAGE, summary="Say something of a photo",
    response_model=wire.PhotoOut, responses={400: _BAD, 404: _MISSING, 412: _CHANGED},
)  # fmt: skip
async def edit_photo(
    photo_id: PhotoId, body: wire.EditIn, request: Request, session: Writing, who: Who
) -> Response:
    """With `If-Match` only if the photo is as it was when it was read."""
    if "if-match" in request.headers:
        before = mapping.details(await read_details(session, who, photo_id))
        if not still(request, tag_of(before)):
            raise PhotoChanged("read the photo again, and say it of that")
    await edit(session, who, photo_id, body.model_dump(exclude_unset=True))
    return answer(request, mapping.details(await read_details(session, who, photo_id)))


@router.post("/photos/edit", dependencies=_MANAGE, summary="Say something of photos", responses={400: _BAD})
async def edit_photos(body: wire.EditManyIn, session: Writing, who: Who) -> wire.PhotoIdsOut:
    told = body.model_dump(exclude_unset=True, exclude={"photo_ids"})
    return wire.PhotoIdsOut(photo_ids=await edit_many(session, who, body.photo_ids, told))


@router.post("/photos/trash", dependencies=_MANAGE, summary="Put photos into the trash")
async def trash_photos(body: wire.PhotoIdsIn, kith: Kith, session: Writing, who: Who) -> wire.PhotoIdsOut:
    """Lists, counts and searches are without them and their faces until they are restored."""
    return wire.PhotoIdsOut(photo_ids=await Trash(session, who, kith.clock).put(body.photo_ids))


@router.post("/photos/restore", dependencies=_MANAGE, summary="Take photos out of the trash")
async def restore_photos(body: wire.PhotoIdsIn, kith: Kith, session: Writing, who: Who) -> wire.PhotoIdsOut:
    return wire.PhotoIdsOut(photo_ids=await Trash(session, who, kith.clock).take_out(body.photo_ids))


@router.post("/photos/delete", dependencies=_MANAGE, summary="Erase photos that are in the trash")
async def delete_photos(body: wire.PhotoIdsIn, kith: Kith, session: Writing, who: Who) -> wire.PhotoIdsOut:
    """For good, with their faces and all that was made of them. Files in folders of one's own stay."""
    erased = await Trash(session, who, kith.clock).erase(body.photo_ids, kith.blobs)
    return wire.PhotoIdsOut(photo_ids=erased)
