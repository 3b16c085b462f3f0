"""Searching photos, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kith.accounts.principal import Principal
from kith.kit.cursors import decode, encode, moment_and_id
from kith.kit.db import ReadSession
from kith.people import queries as people_queries
from kith.people.browsing.persons import find_person
from kith.searching import queries
from kith.searching.queries import MAX_TOTAL, Wanted
from kith.timeline.shapes import PhotoPage, ShownPhoto


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of photos. `total` is told with the first page; with `is_more` there are more than that."""

    page: PhotoPage
    total: int | None
    is_more: bool


async def search_photos(
    session: ReadSession, who: Principal, wanted: Wanted, limit: int, cursor: str | None
) -> Hits:
    """The photos wanted, the newest first. Raises CursorInvalid, PersonNotFound and PersonMerged."""
    after = decode(cursor, _place) if cursor is not None else None
    await _check_persons(session, who, wanted.persons)
    rows = (await session.execute(queries.page(who, wanted, limit + 1, after))).all()
    shown = [ShownPhoto(photo, count) for photo, count in rows[:limit]]
    last = shown[-1].photo if len(rows) > limit else None
    page = PhotoPage(shown, encode(last.shown_at, last.id) if last is not None else None)
    if cursor is not None:
        return Hits(page, None, is_more=False)
    total = await session.scalar(queries.total(who, wanted)) or 0
    return Hits(page, min(total, MAX_TOTAL), is_more=total > MAX_TOTAL)


async def read_shown(session: ReadSession, who: Principal, photo_ids: Sequence[int]) -> list[ShownPhoto]:
    """Photos by their ids, the newest first; what is in the trash or another's is passed over."""
    rows = await session.execute(queries.by_ids(who, photo_ids))
    return [ShownPhoto(photo, count) for photo, count in rows]


async def _check_persons(session: ReadSession, who: Principal, person_ids: Sequence[int]) -> None:
    rows = await session.scalars(people_queries.persons(who, person_ids))
    living = {person.id for person in rows if person.merged_into_id is None}
    for person_id in person_ids:
        if person_id not in living:
            await find_person(session, who, person_id)  # says what became of them


def _place(values: list[object]) -> tuple[datetime, int]:
    moment, photo_id = moment_and_id(values)
    if moment.tzinfo is not None:
        raise ValueError(moment)  # wall clocks have no zone
    return moment, photo_id
