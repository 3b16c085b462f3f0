"""Reading the timeline: how many photos a month, page by page, and all there is of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kith.accounts.principal import Principal
from kith.kit.cursors import decode, encode, moment_and_id
from kith.kit.db import ReadSession, WriteSession
from kith.photos.errors import PhotoNotFound
from kith.photos.service import get_photo
from kith.timeline import queries
from kith.timeline.shapes import NamedFace, PhotoDetails, PhotoPage, ShownPhoto, Wanted


@dataclass(frozen=True, slots=True)
class Month:
    """`number` is 202405 for May 2024."""

    number: int
    count: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What is before a photo in the timeline (newer) and behind it."""

    previous_id: int | None
    next_id: int | None


async def read_months(session: ReadSession, who: Principal, wanted: Wanted) -> Sequence[Month]:
    """How many photos each month has, the newest first."""
    rows = await session.execute(queries.months(who, wanted))
    return [Month(number, count) for number, count in rows]


async def read_page(
    session: ReadSession, who: Principal, wanted: Wanted, limit: int, cursor: str | None
) -> PhotoPage:
    """Photos, the newest first, from behind the one the cursor names. Raises CursorInvalid."""
    after = decode(cursor, _place) if cursor is not None else None
    rows = (await session.execute(queries.page(who, wanted, limit + 1, after))).all()
    shown = [ShownPhoto(photo, count) for photo, count in rows[:limit]]
    if len(rows) <= limit:
        return PhotoPage(shown, None)
    last = shown[-1].photo
    return PhotoPage(shown, encode(last.shown_at, last.id))


async def read_details(session: ReadSession | WriteSession, who: Principal, photo_id: int) -> PhotoDetails:
    """One photo with its places and its faces; raises PhotoNotFound."""
    row = (await session.execute(queries.details(who, photo_id))).first()
    if row is None:
        raise PhotoNotFound(f"there is no photo {photo_id}")
    files = (await session.scalars(queries.files(photo_id))).all()
    faces = await session.execute(queries.faces(photo_id))
    return PhotoDetails(row[0], row[1], files, [NamedFace(*it) for it in faces])


async def read_neighbours(session: ReadSession, who: Principal, wanted: Wanted, photo_id: int) -> Neighbours:
    """The photos beside one in a timeline that may itself be without it; raises PhotoNotFound."""
    photo = await get_photo(session, who, photo_id)
    newer = await session.scalar(queries.beside(who, wanted, photo, is_newer=True))
    older = await session.scalar(queries.beside(who, wanted, photo, is_newer=False))
    return Neighbours(newer, older)


def _place(values: list[object]) -> tuple[datetime, int]:
    moment, photo_id = moment_and_id(values)
    if moment.tzinfo is not None:
        raise ValueError(moment)  # wall clocks have no zone
    return moment, photo_id
