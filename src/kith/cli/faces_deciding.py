"""The commands of `kith faces` with which a human says whose they are."""

from typing import Annotated

import typer

from kith.cli.command import Call, command
from kith.cli.deciding import answer_decision, decide
from kith.cli.faces import faces
from kith.cli.library import library
from kith.cli.persons import FacesArgument, find_person
from kith.runtime import Runtime


@command(faces, "confirm", examples=("kith faces confirm 101 102",))
async def confirm(call: Call, face_ids: FacesArgument) -> None:
    """Say that faces are whom Kith took or suggested them for."""
    async with library(call) as runtime:
        answer_decision(call, await decide(call, runtime, lambda people: people.confirm(face_ids)))


@command(faces, "reject", examples=("kith faces reject 101", "kith faces reject 101 102 --person Ada"))
async def reject(
    call: Call,
    face_ids: FacesArgument,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="PERSON", help="Who they are not; else whom Kith took them for."),
    ] = None,
) -> None:
    """Say that faces are not this person; Kith will never take them for that person again."""
    async with library(call) as runtime:
        person_id = await _person_id(call, runtime, person)
        answer_decision(call, await decide(call, runtime, lambda people: people.reject(face_ids, person_id)))


@command(
    faces, "assign",
    examples=("kith faces assign 101 102 --to Ada", 'kith faces assign 103 --new "Charles Babbage"'),
)  # fmt: skip
async def assign(
    call: Call,
    face_ids: FacesArgument,
    to: Annotated[
        str | None, typer.Option("--to", metavar="PERSON", help="Whose they are: an id or a name.")
    ] = None,
    new: Annotated[
        str | None, typer.Option("--new", metavar="NAME", help="They are a new person of this name.")
    ] = None,
) -> None:
    """Say whose faces these are."""
    if (to is None) == (new is None):
        raise typer.BadParameter("say whose faces they are: either --to PERSON or --new NAME")
    async with library(call) as runtime:
        person_id = await _person_id(call, runtime, to)
        decision, person = await decide(call, runtime, lambda people: people.assign(face_ids, person_id, new))
        answer_decision(call, decision, person_id=person.id)


@command(faces, "ignore", examples=("kith faces ignore 101 102",))
async def ignore(call: Call, face_ids: FacesArgument) -> None:
    """Leave faces out of everything: no face at all, or nobody to care about."""
    async with library(call) as runtime:
        answer_decision(call, await decide(call, runtime, lambda people: people.ignore(face_ids)))


@command(faces, "restore", examples=("kith faces restore 101",))
async def restore(call: Call, face_ids: FacesArgument) -> None:
    """Take faces back that were ignored."""
    async with library(call) as runtime:
        answer_decision(call, await decide(call, runtime, lambda people: people.restore(face_ids)))


async def _person_id(call: Call, runtime: Runtime, said: str | None) -> int | None:
    if said is None:
        return None
    async with runtime.db.read() as session:
        return (await find_person(session, call.who, said)).id
