"""`kith people`: who there is, and what a human says about them."""

from collections.abc import AsyncGenerator, Sequence
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Column

from kith.accounts.principal import Principal
from kith.cli.command import Call, add_group, command
from kith.cli.output import plain, table
from kith.cli.persons import PersonArgument, find_person
from kith.cli.shapes import Places, face_json, person_json
from kith.faces.reading import ShownFace, list_faces
from kith.kit.db import ReadSession
from kith.kit.pages import MAX_LIMIT, Page
from kith.people.reading import PersonSummary, list_persons, summarise

people = typer.Typer()

_TEXT = "The people in the library: list, name, merge, split, hide."


def register(app: typer.Typer) -> None:
    add_group(app, people, "people", _TEXT, list_people)


@command(people, "list", examples=("kith people list", "kith people list --unnamed --json"))
async def list_people(
    call: Call,
    *,
    named: Annotated[
        bool | None, typer.Option("--named/--unnamed", help="Only those with, or without, a name.")
    ] = None,
    hidden: Annotated[bool, typer.Option("--hidden", help="Those that are hidden, too.")] = False,
) -> None:
    """List people: those with a name first, then those with most faces."""
    everybody: list[PersonSummary] = []
    async with call.database() as db, db.read() as session:
        while page := await list_persons(
            session, call.who, Page(len(everybody), MAX_LIMIT), hidden=hidden, named=named
        ):
            everybody += page
    call.output.answer([person_json(one) for one in everybody], lambda: _people_table(everybody))


@command(people, "show", examples=("kith people show Ada", "kith people show 12 --json"))
async def show(call: Call, person: PersonArgument) -> None:
    """Show one person with all their faces."""
    async with call.database() as db, db.read() as session:
        person_id = (await find_person(session, call.who, person)).id
        summary = await summarise(session, call.who, person_id)
        faces = [face async for face in faces_of(session, call.who, person_id)]
    places = Places(call.settings)
    names = {person_id: summary.person.name}
    rows = [face_json(face, names, places) for face in faces]
    call.output.answer(
        {**person_json(summary), "face_list": rows}, lambda: _person_page(summary, faces, places)
    )


async def faces_of(session: ReadSession, who: Principal, person_id: int) -> AsyncGenerator[ShownFace]:
    """All faces of a person, in the order of their ids."""
    after = 0
    while page := await list_faces(session, who, Page(limit=MAX_LIMIT), person_id=person_id, after_id=after):
        for face in page:
            yield face
        after = page[-1].face.id


def _people_table(everybody: Sequence[PersonSummary]) -> RenderableType:
    if not everybody:
        return "Nobody yet: `kith import DIR` brings photos in."
    columns = [Column("id", justify="right"), "name", Column("faces", justify="right"), "born", ""]
    return table(
        columns,
        [
            (
                one.person.id, one.person.name, one.face_count, one.person.born_on,
                "hidden" if one.person.is_hidden else "",
            )
            for one in everybody
        ],
    )  # fmt: skip


def _person_page(summary: PersonSummary, faces: Sequence[ShownFace], places: Places) -> RenderableType:
    person = summary.person
    head = f"{person.name or 'no name'}, person {person.id}"
    if person.born_on:
        head += f", born {person.born_on}"
    columns = [Column("face", justify="right"), "state", Column("quality", justify="right"), "photo"]
    rows = [
        (shown.face.id, shown.face.state, f"{shown.face.quality:.2f}", places.path(shown.location))
        for shown in faces
    ]
    return Group(plain(head), table(columns, rows))
