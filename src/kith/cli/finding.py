"""`kith find`: who is this?"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.table import Column

from kith.audit.tables import AuditAction
from kith.cli.command import Call, command
from kith.cli.library import library
from kith.cli.output import table
from kith.cli.shapes import Places, found_json, person_label
from kith.engine.image import decode
from kith.people.finding import Found, find_face
from kith.photos.folders import read_picture_file

# At this similarity one in a thousand strangers would be taken for somebody: worth a look, no more.
LOOK_ALIKE = 0.5


def register(app: typer.Typer) -> None:
    command(
        app, "find",
        examples=("kith find selfie.jpg", "kith find selfie.jpg --top 1 --min-similarity 0.8 --json"),
    )(find)  # fmt: skip


async def find(
    call: Call,
    image: Annotated[
        Path, typer.Argument(metavar="IMAGE", readable=False, help="A picture; its largest face counts.")
    ],
    top: Annotated[int, typer.Option("--top", min=1, max=1000, help="At most so many persons.")] = 5,
    min_similarity: Annotated[
        float,
        typer.Option(
            "--min-similarity",
            min=0,
            max=1,
            help="From this similarity on. One stranger in 1,000 reaches 0.5, in 10,000 0.7, in 100,000 0.8.",
        ),
    ] = LOOK_ALIKE,
) -> None:
    """Find who is on a picture, best first, with the photos they are on.

    The picture itself is kept nowhere. Faces nobody is known for are found, too.
    """
    async with library(call) as runtime:
        data = await asyncio.to_thread(read_picture_file, image, runtime.limits.max_bytes)
        picture = await runtime.decoding.run(decode, data, runtime.limits, call.settings.engine.max_side_px)
        recognition = await runtime.recognition()
        async with runtime.db.read() as session:
            found = await find_face(
                recognition, session, call.who, picture, top=top, min_similarity=min_similarity
            )
        await runtime.note(call.who, AuditAction.SEARCH, "face", counts={"results": len(found)})
    places = Places(call.settings)
    call.output.answer([found_json(one, places) for one in found], lambda: _table(found, places))


def _table(found: Sequence[Found], places: Places) -> RenderableType:
    if not found:
        return "Nobody in the library looks like that."
    right = "right"
    columns = ["person", Column("similarity", justify=right), Column("cosine", justify=right), "photos", ""]
    return table(
        columns,
        [
            (
                person_label(one.person), f"{one.similarity:.2f}", f"{one.cosine:.3f}", len(one.photos),
                places.path(one.photos[0].path) if one.photos else "",
            )
            for one in found
        ],
    )  # fmt: skip
