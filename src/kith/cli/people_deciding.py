"""The commands of `kith people` with which a human says something about them."""

from datetime import datetime
from typing import Annotated

import typer

from kith.cli.command import Call, command
from kith.cli.deciding import answer_decision, decide
from kith.cli.errors import NotConfirmed
from kith.cli.library import library
from kith.cli.output import plain
from kith.cli.people import people
from kith.cli.persons import FacesArgument, PersonArgument, find_person
from kith.people.tables import Person
from kith.runtime import Runtime

NameOption = Annotated[str | None, typer.Option("--name", metavar="NAME", help="The name of the new person.")]


@command(people, "name", examples=('kith people name 12 "Ada Lovelace"', "kith people name Ada Augusta"))
async def name(
    call: Call,
    person: PersonArgument,
    new_name: Annotated[str, typer.Argument(metavar="NAME", help="The name, at most 200 characters.")],
) -> None:
    """Give a person a name."""
    async with library(call) as runtime:
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
    async with library(call) as runtime:
        target = await _find(call, runtime, into)
        others = [(await _find(call, runtime, source)).id for source in sources]
        decision, moved = await decide(call, runtime, lambda people: people.merge(others, target.id))
        answer_decision(call, decision, person_id=target.id, moved=moved)


@command(people, "split", examples=("kith people split Ada 101 104 --name Annabella",))
async def split(call: Call, person: PersonArgument, faces: FacesArgument, name: NameOption = None) -> None:
    """Say that some faces of a person are somebody else: a new person."""
    async with library(call) as runtime:
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
    async with library(call) as runtime:
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
    async with library(call) as runtime:
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
    async with library(call) as runtime:
        it = await _find(call, runtime, person)
        count = await decide(call, runtime, lambda people: people.erase(it.id, delete_faces=delete_faces))
        fate = "deleted" if delete_faces else "set free"
        call.output.answer(
            {"person_id": it.id, "faces": count, "faces_deleted": delete_faces},
            lambda: plain(f"Person {it.id} is erased; {count} faces are {fate}."),
        )


async def _hide(call: Call, person: str, *, hidden: bool) -> None:
    async with library(call) as runtime:
        it = await _find(call, runtime, person)
        decision = await decide(call, runtime, lambda people: people.hide(it.id, hidden=hidden))
        answer_decision(call, decision, person_id=it.id)


async def _find(call: Call, runtime: Runtime, said: str) -> Person:
    async with runtime.db.read() as session:
        return await find_person(session, call.who, said)
