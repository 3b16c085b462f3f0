"""`kith reindex`: derived data, made anew."""

from typing import Annotated

import typer

from kith.cli.command import Call, command
from kith.cli.library import library
from kith.cli.output import plain
from kith.cli.progress import drain
from kith.photos import queries
from kith.photos.service import Photos


def register(app: typer.Typer) -> None:
    command(app, "reindex", examples=("kith reindex", "kith reindex --analyse"))(reindex)


async def reindex(
    call: Call,
    *,
    analyse: Annotated[
        bool, typer.Option("--analyse", help="First analyse every photo again, with the pack in use.")
    ] = False,
) -> None:
    """Build the search index anew from the database.

    With --analyse every photo is looked at again: faces keep their ids, names and decisions; thumbnails and
    perceptual hashes are made anew.
    """
    async with library(call) as runtime:
        recognition = await runtime.recognition()
        photos = 0
        if analyse:
            async with runtime.db.write() as session:
                photo_ids = (await session.scalars(queries.every(call.who))).all()
                await Photos(session, call.who, runtime.clock).analyse(photo_ids)
            photos = len(photo_ids)
            await drain(runtime, call.who, call.output.remarks)
        faces = await recognition.rebuild()
    call.output.answer(
        {"photos": photos, "faces": faces},
        lambda: plain(f"{photos} photos analysed, {faces} faces in the index." if analyse else
                      f"{faces} faces in the index."),
    )  # fmt: skip
