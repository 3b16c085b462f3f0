"""What is shown of people, of decisions, and of the library as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from kith.accounts.principal import Principal
from kith.faces import queries as face_queries
from kith.faces.tables import FaceState
from kith.jobs.service import QueueCount, queue_counts
from kith.kit.db import ReadSession, WriteSession
from kith.kit.pages import Page
from kith.people import queries
from kith.people.errors import PersonNotFound
from kith.people.tables import Decision, Person
from kith.photos import queries as photo_queries
from kith.photos.tables import PhotoState


@dataclass(frozen=True, slots=True)
class PersonSummary:
    person: Person
    face_count: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much there is: photos and faces by state, persons with and without a name, bytes, jobs."""

    photos: dict[PhotoState, int]
    faces: dict[FaceState, int]
    named_persons: int
    unnamed_persons: int
    stored_bytes: int
    largest: PersonSummary | None
    queue: list[QueueCount]
    pack: str | None


async def list_persons(
    session: ReadSession, who: Principal, page: Page, *, hidden: bool = False, named: bool | None = None
) -> list[PersonSummary]:
    """Living persons, named ones first, then those with most faces."""
    statement = queries.listed(who, hidden=hidden, named=named)
    rows = await session.execute(statement.offset(page.skip).limit(page.limit))
    return [PersonSummary(person, count) for person, count in rows]


async def list_persons_by_id(session: ReadSession, who: Principal, page: Page) -> list[PersonSummary]:
    """Living persons, hidden ones too, in the order of their ids."""
    rows = await session.execute(queries.by_id(who, page))
    return [PersonSummary(person, count) for person, count in rows]


async def summarise(session: ReadSession | WriteSession, who: Principal, person_id: int) -> PersonSummary:
    """One living person; raises PersonNotFound."""
    row = (await session.execute(queries.summary(who, person_id))).first()
    if row is None:
        raise PersonNotFound(f"there is no person {person_id}")
    return PersonSummary(row[0], row[1])


async def persons_named(session: ReadSession, who: Principal, name: str) -> Sequence[Person]:
    """Living persons of exactly this name, capitals aside."""
    return (await session.scalars(queries.named(who, normalize("NFC", name).strip()))).all()


async def list_decisions(
    session: ReadSession, who: Principal, page: Page, person_id: int | None = None
) -> Sequence[Decision]:
    """Decisions, newest first; those about one person if given, also one that was merged away."""
    if person_id is not None and await session.scalar(queries.person(who, person_id)) is None:
        raise PersonNotFound(f"there is no person {person_id}")
    statement = queries.history(who, person_id).offset(page.skip).limit(page.limit)
    return (await session.scalars(statement)).all()


async def read_statistics(session: ReadSession, who: Principal) -> Statistics:
    photos = await session.execute(photo_queries.counts(who))
    faces = await session.execute(face_queries.counts(who))
    named, unnamed = (await session.execute(queries.counts(who))).one()
    largest = (await session.execute(queries.largest(who))).first()
    space = await session.scalar(face_queries.active_space())
    return Statistics(
        photos={PhotoState(state): count for state, count in photos},
        faces={FaceState(state): count for state, count in faces},
        named_persons=named,
        unnamed_persons=unnamed,
        stored_bytes=int(await session.scalar(photo_queries.stored_bytes(who)) or 0),
        largest=PersonSummary(*largest) if largest is not None and largest[1] else None,
        queue=await queue_counts(session, who.tenant_id),
        pack=space.pack if space is not None else None,
    )
