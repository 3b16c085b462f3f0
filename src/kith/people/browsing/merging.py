"""What a merge would do, told before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from kith.accounts.principal import Principal
from kith.kit.db import ReadSession
from kith.people.browsing import queries
from kith.people.browsing.persons import find_person
from kith.people.errors import MergeInvalid
from kith.people.tables import Person

CONFLICTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Clash:
    """A photo that shows several of the persons, and so speaks against their being one."""

    photo_id: int
    face_ids: list[int]


@dataclass(frozen=True, slots=True)
class MergePreview:
    """How many faces and photos would go over, the name that would stay, photos that speak against it."""

    into: Person
    sources: list[Person]
    face_count: int
    photo_count: int
    name: str | None
    clash_count: int
    clashes: list[Clash]


async def preview_merge(
    session: ReadSession, who: Principal, into_id: int, source_ids: Sequence[int]
) -> MergePreview:
    """Raises MergeInvalid, PersonNotFound and PersonMerged as a merge would."""
    wanted = list(dict.fromkeys(source_ids))
    if into_id in wanted:
        raise MergeInvalid("a person cannot be merged with itself")
    into = await find_person(session, who, into_id)
    sources = [await find_person(session, who, person_id) for person_id in wanted]
    faces, photos = (await session.execute(queries.faces_and_photos(wanted))).one()
    several = queries.photos_with_several([into_id, *wanted])
    clashes: dict[int, list[int]] = {}
    photo_ids = (await session.scalars(several.order_by(None).limit(CONFLICTS_SHOWN))).all()
    for photo_id, face_id in await session.execute(queries.faces_in(photo_ids, [into_id, *wanted])):
        clashes.setdefault(photo_id, []).append(face_id)
    names = [person.name for person in (into, *sources) if person.name is not None]
    return MergePreview(
        into, sources, faces, photos, next(iter(names), None),
        await session.scalar(queries.count_of(several)) or 0,
        [Clash(photo_id, face_ids) for photo_id, face_ids in clashes.items()],
    )  # fmt: skip
