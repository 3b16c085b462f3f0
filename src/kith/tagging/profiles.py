"""People as galleries show them: a name, and a profile that is kept in their notes."""

from collections.abc import Mapping
from uuid import UUID

from kith.people.service import People
from kith.people.tables import Person
from kith.tagging.reading import find_person


async def create_person(people: People, name: str, profile: Mapping[str, object]) -> Person:
    return await people.create(name, dict(profile))


async def update_person(
    people: People, uuid: UUID, name: str | None, profile: Mapping[str, object]
) -> Person:
    """Rename a person if a name is given, and change what `profile` mentions; raises PersonNotFound."""
    await people.take_turn()
    person = (await find_person(people.session, people.who, uuid)).person
    if name is not None and name != person.name:
        await people.rename(person.id, name)
    if any(person.notes.get(key) != value for key, value in profile.items()):
        await people.describe(person.id, notes={**person.notes, **profile})
    return person


async def delete_person(people: People, uuid: UUID) -> int:
    """Remove a person for good; their faces stay, as nobody's. How many those are."""
    await people.take_turn()
    person = (await find_person(people.session, people.who, uuid)).person
    return await people.erase(person.id, delete_faces=False)
