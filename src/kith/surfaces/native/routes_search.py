"""The endpoints of the native surface: photos of persons, and searches by words, persons and a face."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile

from kith.accounts.principal import Scope
from kith.audit.tables import AuditAction
from kith.people.browsing.persons import find_person
from kith.searching.queries import Wanted
from kith.searching.service import search_photos
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_search as mapping
from kith.surfaces.native import wire_search as wire
from kith.surfaces.native.looking import look_for
from kith.surfaces.native.routes_people import BAD, MISSING, TAKEN, Cursor, Limit, PersonId
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import MAX_ID, Kith, Reading, Who

_LARGE = {"model": ProblemOut, "description": "Too large or too many"}
# Up to fifty ids of up to ten digits.
_Ids = Annotated[str, Query(pattern=r"^([1-9]\d{0,9}(,[1-9]\d{0,9}){0,49})?$", examples=["1,2"])]
_Day = Annotated[date | None, Query()]

router = APIRouter(tags=["search"], responses={403: {"model": ProblemOut}})


async def _people(
    all_of: Annotated[_Ids, Query(alias="all")] = "", any_of: Annotated[_Ids, Query(alias="any")] = "",
    none_of: Annotated[_Ids, Query(alias="none")] = "",
    *, only: Annotated[bool, Query(description="Nobody else is in the photo.")] = False,
) -> Wanted:  # fmt: skip
    return Wanted(mapping.ids(all_of), mapping.ids(any_of), mapping.ids(none_of), only)


async def _wanted(
    people: Annotated[Wanted, Depends(_people)],
    *,
    start: Annotated[_Day, Query(alias="from")] = None,
    end: Annotated[_Day, Query(alias="to")] = None,
    q: Annotated[str, Query(max_length=200)] = "",
    favourite: bool | None = None,
    rating_min: Annotated[int | None, Query(ge=0, le=5)] = None,
    gallery_id: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
) -> Wanted:
    words = tuple(q.split()[:10])
    return Wanted(
        people.all_of, people.any_of, people.none_of, people.only, start, end, words, favourite, rating_min,
        gallery_id,
    )  # fmt: skip


@router.get(
    "/search", dependencies=[needs(Scope.READ)], summary="Search photos",
    responses={400: BAD, 404: MISSING, 409: TAKEN},
)  # fmt: skip
async def search(
    kith: Kith, who: Who, wanted: Annotated[Wanted, Depends(_wanted)], cursor: Cursor = None,
    limit: Limit = 100,
) -> wire.FoundPhotosOut:  # fmt: skip
    """By the people in them, the days they were taken on, and words of title, caption and file name."""
    async with kith.db.read() as session:
        hits = await search_photos(session, who, wanted, limit, cursor)
    if wanted.persons and hits.total is not None:
        await kith.note(who, AuditAction.SEARCH, "photo", counts={"results": hits.total})
    return mapping.found(hits)


@router.get(
    "/people/{person_id}/photos", dependencies=[needs(Scope.READ)], summary="The photos of a person",
    responses={400: BAD, 404: MISSING, 409: TAKEN},
)  # fmt: skip
async def show_photos_of_person(
    person_id: PersonId, session: Reading, who: Who,
    year: Annotated[int | None, Query(ge=1, le=9999)] = None, cursor: Cursor = None, limit: Limit = 100,
) -> wire.PersonPhotosOut:  # fmt: skip
    """The newest first, of one year if wanted."""
    person = await find_person(session, who, person_id)
    days = (date(year, 1, 1), date(year, 12, 31)) if year is not None else (None, None)
    hits = await search_photos(session, who, Wanted((person_id,), start=days[0], end=days[1]), limit, cursor)
    return mapping.photos_of(hits, person.born_on)


@router.post(
    "/search/face", dependencies=[needs(Scope.SEARCH)], summary="Find somebody by a picture",
    responses={400: BAD, 413: _LARGE},
)  # fmt: skip
async def search_by_face(
    file: Annotated[UploadFile, File(description="A picture in any format Kith reads.")],
    kith: Kith, who: Who, face_index: Annotated[int | None, Form(ge=0, le=100_000)] = None,
) -> wire.FoundByFaceOut:  # fmt: skip
    """By its largest face, or the one named by its place in `faces`. The picture is kept nowhere."""
    return await look_for(kith, who, file, face_index)
