"""`kith people`: who there is, and what a human says about them."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Column

from kith.accounts.principal import Principal
from kith.cli.command import Call, add_group, command
from kith.cli.deciding import answer_decision, decide
from kith.cli.errors import NotConfirmed
from kith.cli.output import plain, table
from kith.cli.persons import PersonArgument, find_person
from kith.cli.shapes import Places, face_json, person_json
from kith.faces.reading import ShownFace, list_faces
from kith.kit.db import ReadSession
from kith.kit.pages import MAX_LIMIT, Page
from kith.people.reading import PersonSummary, list_persons, summarise
from kith.people.tables import Person
from kith.runtime import Runtime

FacesArgument = Annotated[
    list[int], typer.Argument(metavar="FACE…", help="Ids of faces, as `kith faces list` shows them.")
]
NameOption = Annotated[str | None, typer.Option("--name", metavar="NAME", help="The name of the new person.")]

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
    async with call.library() as runtime, runtime.db.read() as session:
        while page := await list_persons(
            session, call.who, Page(len(everybody), MAX_LIMIT), hidden=hidden, named=named
        ):
            everybody += page
    call.output.answer([person_json(one) for one in everybody], lambda: _people_table(everybody))


@command(people, "show", examples=("kith people show Ada", "kith people show 12 --json"))
async def show(call: Call, person: PersonArgument) -> None:
    """Show one person with all their faces."""
    async with call.library() as runtime, runtime.db.read() as session:
        person_id = (await find_person(session, call.who, person)).id
        summary = await summarise(session, call.who, person_id)
        faces = [face async for face in faces_of(session, call.who, person_id)]
    places = Places(call.settings)
    names = {person_id: summary.person.name}
    rows = [face_json(face, names, places) for face in faces]
    call.output.answer(
        {**person_json(summary), "face_list": rows}, lambda: _person_page(summary, faces, places)
    )


@command(people, "name", examples=('kith people name 12 "Ada Lovelace"', "kith people name Ada Augusta"))
async def name(
    call: Call,
    person: PersonArgument,
    new_name: Annotated[str, typer.Argument(metavar="NAME", help="The name, at most 200 characters.")],
) -> None:
    """Give a person a name."""
    async with call.library() as runtime:
        it = await _find(call, runtime, person)
        decision = await decide(call, runtime, lambda people: people.rename(it.id, new_name))
        answer_decision(call, decision, person_id=it.id)


@command(people, "merge", examples=("kith people merge 12 15 --into Ada",))
async def merge(
    call: Call,
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE…", help="The persons who are somebody else: ids or names.")
    ],
    into: Annotated[str, typer.Option("--into", metavar="TARGET", help="Who they are: an id or a name.")],
) -> None:
    """Say that some persons are one and the same.

    The target keeps its name, or takes the first one of the sources if it has none.
    """
    async with call.library() as runtime:
        target = await _find(call, runtime, into)
        others = [(await _find(call, runtime, source)).id for source in sources]
        decision, moved = await decide(call, runtime, lambda people: people.merge(others, target.id))
        answer_decision(call, decision, person_id=target.id, moved=moved)


@command(people, "split", examples=("kith people split Ada 101 104 --name Annabella",))
async def split(call: Call, person: PersonArgument, faces: FacesArgument, name: NameOption = None) -> None:
    """Say that some faces of a person are somebody else: a new person."""
    async with call.library() as runtime:
        it = await _find(call, runtime, person)
        decision, other = await decide(call, runtime, lambda people: people.split(it.id, faces, name))
        answer_decision(call, decision, person_id=other.id)


@command(people, "hide", examples=("kith people hide 12",))
async def hide(call: Call, person: PersonArgument) -> None:
    """Leave a person out of lists and searches."""
    await _hide(call, person, hidden=True)


@command(people, "show-again", examples=("kith people show-again 12",))
async def show_again(call: Call, person: PersonArgument) -> None:
    """Show a person again who was hidden."""
    await _hide(call, person, hidden=False)


@command(people, "cover", examples=("kith people cover Ada 101",))
async def cover(
    call: Call,
    person: PersonArgument,
    face: Annotated[int, typer.Argument(metavar="FACE", help="The id of one of their faces.")],
) -> None:
    """Let one of a person's faces stand for them."""
    async with call.library() as runtime:
        it = await _find(call, runtime, person)
        decision = await decide(call, runtime, lambda people: people.cover(it.id, face))
        answer_decision(call, decision, person_id=it.id)


@command(people, "born", examples=("kith people born Ada 1815-12-10",))
async def born(
    call: Call,
    person: PersonArgument,
    day: Annotated[datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="As 1815-12-10.")],
) -> None:
    """Say when a person was born: who is on earlier photos is somebody else."""
    async with call.library() as runtime:
        it = await _find(call, runtime, person)
        decision = await decide(call, runtime, lambda people: people.describe(it.id, born_on=day.date()))
        answer_decision(call, decision, person_id=it.id)


@command(
    people, "erase", examples=("kith people erase 12 --yes", "kith people erase Ada --delete-faces --yes")
)
async def erase(
    call: Call,
    person: PersonArgument,
    *,
    delete_faces: Annotated[
        bool,
        typer.Option("--delete-faces", help="Delete their faces with all biometrics, not only who they are."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Really: this cannot be undone.")] = False,
) -> None:
    """Erase a person and every decision about them, for good. The photos stay."""
    if not yes:
        raise NotConfirmed("erasing a person cannot be undone: add --yes to do it")
    async with call.library() as runtime:
        it = await _find(call, runtime, person)
        count = await decide(call, runtime, lambda people: people.erase(it.id, delete_faces=delete_faces))
        fate = "deleted" if delete_faces else "set free"
        call.output.answer(
            {"person_id": it.id, "faces": count, "faces_deleted": delete_faces},
            lambda: plain(f"Person {it.id} is erased; {count} faces are {fate}."),
        )


async def faces_of(session: ReadSession, who: Principal, person_id: int) -> AsyncGenerator[ShownFace]:
    """All faces of a person, in the order of their ids."""
    after = 0
    while page := await list_faces(session, who, Page(limit=MAX_LIMIT), person_id=person_id, after_id=after):
        for face in page:
            yield face
        after = page[-1].face.id


async def _hide(call: Call, person: str, *, hidden: bool) -> None:
    async with call.library() as runtime:
        it = await _find(call, runtime, person)
        decision = await decide(call, runtime, lambda people: people.hide(it.id, hidden=hidden))
        answer_decision(call, decision, person_id=it.id)


async def _find(call: Call, runtime: Runtime, said: str) -> Person:
    async with runtime.db.read() as session:
        return await find_person(session, call.who, said)


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
