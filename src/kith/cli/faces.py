"""`kith faces`: the faces in the photos, and what a human says about them."""

from collections.abc import AsyncGenerator, Sequence
from typing import Annotated

import typer
from rich.table import Column

from kith.cli.command import Call, add_group, command
from kith.cli.output import table
from kith.cli.persons import find_person, names_of
from kith.cli.shapes import Places, face_json
from kith.faces.reading import ShownFace, list_faces
from kith.faces.tables import FaceState
from kith.kit.db import Database
from kith.kit.pages import MAX_LIMIT, Page

faces = typer.Typer()

_TEXT = "The faces in the photos: list, confirm, reject, assign, ignore."


def register(app: typer.Typer) -> None:
    add_group(app, faces, "faces", _TEXT, list_all)


@command(
    faces, "list",
    examples=(
        "kith faces list --json | jq .path",
        "kith faces list --person Ada",
        "kith faces list --state auto --limit 20",
    ),
)  # fmt: skip
async def list_all(
    call: Call,
    state: Annotated[
        FaceState | None, typer.Option("--state", help="Only faces that are known this far.")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="PERSON", help="Only faces of a person, by id or name.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")] = None,
) -> None:
    """List faces in the order of their ids; with --json one object a line, as long as the list may be."""
    async with call.database() as db:
        person_id = None if person is None else await _person_id(call, db, person)
        async for page in _pages(call, db, state, person_id, limit):
            await _print(call, db, page)


@command(faces, "unknown", examples=("kith faces unknown", "kith faces unknown --json"))
async def unknown(
    call: Call, limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")] = None
) -> None:
    """List faces nobody is known for: first those with a guess that waits for an answer, then the rest."""
    async with call.database() as db:
        left = limit
        for state in (FaceState.SUGGESTED, FaceState.UNKNOWN):
            async for page in _pages(call, db, state, None, left):
                await _print(call, db, page, with_guess=True)
                left = None if left is None else left - len(page)
            if left == 0:
                break


async def _person_id(call: Call, db: Database, said: str) -> int:
    async with db.read() as session:
        return (await find_person(session, call.who, said)).id


async def _pages(
    call: Call, db: Database, state: FaceState | None, person_id: int | None, limit: int | None
) -> AsyncGenerator[Sequence[ShownFace]]:
    """Faces, a page at a time and each page in a transaction of its own: a slow reader blocks nobody."""
    after, left = 0, limit
    while left != 0:
        size = MAX_LIMIT if left is None else min(left, MAX_LIMIT)
        async with db.read() as session:
            page = await list_faces(
                session, call.who, Page(limit=size), state=state, person_id=person_id, after_id=after
            )
        if not page:
            return
        yield page
        after = page[-1].face.id
        left = None if left is None else left - len(page)


async def _print(call: Call, db: Database, page: Sequence[ShownFace], *, with_guess: bool = False) -> None:
    places = Places(call.settings)
    ids = [person_id for it in page for person_id in (it.face.person_id, it.face.suggested_person_id)]
    async with db.read() as session:
        names = await names_of(session, call.who, ids)
    if not call.output.is_json:
        call.output.say(table(_COLUMNS, [_row(it, names, places) for it in page]))
        return
    for it in page:
        guess = {
            "suggested_person_id": it.face.suggested_person_id,
            "suggested_person": names.get(it.face.suggested_person_id or 0),
            "similarity": it.face.similarity,
        }
        call.output.data({**face_json(it, names, places), **(guess if with_guess else {})})


_COLUMNS = (
    Column("face", justify="right"), "person", "state", Column("similarity", justify="right"),
    Column("quality", justify="right"), "photo",
)  # fmt: skip


def _row(shown: ShownFace, names: dict[int, str | None], places: Places) -> Sequence[object]:
    face = shown.face
    person = ""
    if face.person_id is not None:
        person = names.get(face.person_id) or f"person {face.person_id}"
    elif face.suggested_person_id is not None:
        person = f"{names.get(face.suggested_person_id) or f'person {face.suggested_person_id}'}?"
    similarity = "" if face.similarity is None else f"{face.similarity:.2f}"
    return face.id, person, face.state, similarity, f"{face.quality:.2f}", places.path(shown.location)
