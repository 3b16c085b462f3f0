"""Lists of persons with what a tile shows of each, what a page shows of one, and names to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kith.accounts.principal import Principal
from kith.faces.tables import Face, FaceState
from kith.kit.db import ReadSession, WriteSession
from kith.people import queries as people_queries
from kith.people.browsing import queries
from kith.people.browsing.queries import Kind, Sort, Wanted
from kith.people.errors import PersonMerged, PersonNotFound
from kith.people.names import name_key
from kith.people.tables import Person
from kith.photos.tables import Photo

COMPLETIONS = 10
Session = ReadSession | WriteSession


@dataclass(frozen=True, slots=True)
class Cover:
    """The face that stands for a person, with the digest of its photo."""

    face_id: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PersonTile:
    """`rank` is what the list it is from is sorted by."""

    person: Person
    face_count: int
    photo_count: int
    suggestion_count: int
    cover: Cover | None
    rank: int | str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """`years` are (year, number of photos), newest first; the dates are those of the timeline."""

    tile: PersonTile
    first_at: datetime | None
    last_at: datetime | None
    years: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Counts:
    named: int
    unnamed: int
    hidden: int


async def list_people(
    session: Session, who: Principal, wanted: Wanted, sort: Sort, *, limit: int,
    after: tuple[int | str, int] | None = None,
) -> list[PersonTile]:  # fmt: skip
    """Persons from behind (rank, id) of another one on; ranks fall, those of names rise."""
    rows = (await session.execute(queries.persons(who, wanted, sort, after, limit))).all()
    return await _tiles(session, [(row[0], row[1], row[2]) for row in rows])


async def count_people(session: Session, who: Principal) -> Counts:
    return Counts(*(await session.execute(queries.counts(who))).one())


async def complete_names(session: Session, who: Principal, text: str) -> list[PersonTile]:
    """The persons with most faces of whose names a word begins so, capitals and accents aside."""
    key = name_key(text)
    if not key:
        return []
    return await list_people(session, who, Wanted(Kind.NAMED, key), Sort.COUNT, limit=COMPLETIONS)


async def find_person(session: Session, who: Principal, person_id: int) -> Person:
    """A living person; raises PersonNotFound, or PersonMerged with who they are now."""
    person = first = await session.scalar(people_queries.person(who, person_id))
    seen: set[int] = set()
    while person is not None and person.merged_into_id is not None and person.id not in seen:
        seen.add(person.id)
        person = await session.scalar(people_queries.person(who, person.merged_into_id))
    if first is None or person is None:
        raise PersonNotFound(f"there is no person {person_id}")
    if person is not first:
        raise PersonMerged(
            f"person {person_id} is now person {person.id}", person_id=person.id, merged_person_id=person_id
        )
    return person


async def show_person(session: Session, who: Principal, person_id: int) -> PersonPage:
    """Raises PersonNotFound and PersonMerged."""
    person = await find_person(session, who, person_id)
    (row,) = (await session.execute(people_queries.summary(who, person.id))).all()
    (tile,) = await _tiles(session, [(row[0], row[1], row[0].id)])
    first, last = (await session.execute(queries.first_and_last(who, person.id))).one()
    years = [(int(row[0]), row[1]) for row in await session.execute(queries.years(who, person.id))]
    return PersonPage(tile, first, last, years)


async def list_faces_of(
    session: Session, who: Principal, person_id: int, *, state: FaceState | None, after_id: int, limit: int
) -> list[tuple[Face, Photo]]:
    """A person's faces by id, or those SUGGESTED to be theirs; raises PersonNotFound and PersonMerged."""
    await find_person(session, who, person_id)
    rows = await session.execute(queries.faces(who, person_id, state, after_id, limit))
    return [(face, photo) for face, photo in rows]


async def read_tiles(session: Session, who: Principal, person_ids: Sequence[int]) -> dict[int, PersonTile]:
    """What is shown of persons by their ids; others' and merged ones are passed over."""
    rows = (await session.execute(queries.persons_named_by(who, person_ids))).all()
    tiles = await _tiles(session, [(row[0], row[1], row[0].id) for row in rows])
    return {tile.person.id: tile for tile in tiles}


def age_at(born_on: date | None, moment: datetime) -> int | None:
    """How many birthdays somebody has had by then; None before the birth, or where it is not known."""
    if born_on is None or moment.date() < born_on:
        return None
    return moment.year - born_on.year - ((moment.month, moment.day) < (born_on.month, born_on.day))


async def _tiles(session: Session, rows: Sequence[tuple[Person, int, int | str]]) -> list[PersonTile]:
    ids = [person.id for person, _, _ in rows]
    photos = {row[0]: row[1] for row in await session.execute(queries.photo_counts(ids))}
    waiting = {row[0]: row[1] for row in await session.execute(queries.suggestion_counts(ids))}
    covers = {row[0]: Cover(row[1], row[2]) for row in await session.execute(queries.covers(ids))}
    return [
        PersonTile(
            person, count, photos.get(person.id, 0), waiting.get(person.id, 0), covers.get(person.id), rank
        )
        for person, count, rank in rows
    ]
