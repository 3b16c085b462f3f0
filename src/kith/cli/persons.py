"""Naming a person on the command line: by id, or by exact name."""

import unicodedata
from collections.abc import Iterable
from typing import Annotated

import typer

from kith.accounts.principal import Principal
from kith.cli.errors import PersonAmbiguous
from kith.kit.db import ReadSession
from kith.people import queries
from kith.people.errors import PersonNotFound
from kith.people.reading import persons_named, summarise
from kith.people.tables import Person

FacesArgument = Annotated[
    list[int], typer.Argument(metavar="FACE…", help="Ids of faces, as `kith faces list` shows them.")
]
PersonArgument = Annotated[
    str, typer.Argument(metavar="PERSON", help="The person: an id, or the exact name.", show_default=False)
]


async def find_person(session: ReadSession, who: Principal, said: str) -> Person:
    """The person with this id, or else with this name; a name in other capitals will do if it is alone.

    Raises PersonNotFound, or PersonAmbiguous with the ids to choose from.
    """
    if said.isascii() and said.isdigit():
        try:
            return (await summarise(session, who, int(said))).person
        except PersonNotFound:
            pass  # a name may be made of digits
    name = unicodedata.normalize("NFC", said).strip()
    alike = await persons_named(session, who, name)
    exact = [person for person in alike if person.name == name]
    candidates = exact or alike
    if not candidates:
        raise PersonNotFound(f"there is no person {said}")
    if len(candidates) > 1:
        ids = [person.id for person in candidates]
        shown = ", ".join(str(person_id) for person_id in ids)
        raise PersonAmbiguous(f"{len(ids)} persons are named {said}; say which by id: {shown}", ids=ids)
    return candidates[0]


async def find_past_person(session: ReadSession, who: Principal, said: str) -> int:
    """The id of a person, also of one who was merged into another since."""
    if said.isascii() and said.isdigit() and await session.scalar(queries.person(who, int(said))) is not None:
        return int(said)
    return (await find_person(session, who, said)).id


async def names_of(
    session: ReadSession, who: Principal, person_ids: Iterable[int | None]
) -> dict[int, str | None]:
    """{person id: name}"""
    ids = sorted({person_id for person_id in person_ids if person_id is not None})
    return {person.id: person.name for person in await session.scalars(queries.persons(who, ids))}
