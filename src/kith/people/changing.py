"""Several things about a person changed at once, each by a decision of its own."""

from datetime import date
from typing import TypedDict

from kith.people.browsing.persons import find_person
from kith.people.service import People
from kith.people.tables import Decision


class Patch(TypedDict, total=False):
    """What is left out stays. None takes a name, a date of birth or a chosen cover away."""

    name: str | None
    born_on: date | None
    is_hidden: bool | None
    cover_face_id: int | None


async def change_person(people: People, person_id: int, patch: Patch) -> list[Decision]:
    """What is so already is no decision. Raises PersonNotFound, PersonMerged, and what each change raises."""
    await people.take_turn()
    person = await find_person(people.session, people.who, person_id)
    decisions: list[Decision] = []
    if "name" in patch and patch["name"] != person.name:
        decisions.append(await people.rename(person_id, patch["name"]))
    if "born_on" in patch and patch["born_on"] != person.born_on:
        decisions.append(await people.born(person_id, patch["born_on"]))
    hidden = patch.get("is_hidden")
    if hidden is not None and hidden != person.is_hidden:
        decisions.append(await people.hide(person_id, hidden=hidden))
    if "cover_face_id" in patch and patch["cover_face_id"] != person.cover_face_id:
        decisions.append(await people.cover(person_id, patch["cover_face_id"]))
    return decisions
