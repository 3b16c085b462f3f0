"""`kith import`: pictures in, people out."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, TypedDict

import typer
from rich.progress import Progress, TaskID

from kith.cli.command import Call, command
from kith.cli.errors import FILES_FAILED, OK
from kith.cli.library import new_library
from kith.cli.progress import QueueBars, bars, following
from kith.faces import queries as face_queries
from kith.jobs.runner import Runner
from kith.photos import queries as photo_queries
from kith.photos.folders import find_files
from kith.photos.importing import ImportReport
from kith.photos.watching import Watcher
from kith.runtime import Runtime

_CHUNK = 1000  # ids in one statement
_ERRORS_SHOWN = 50


class FileErrorJson(TypedDict):
    path: str
    code: str
    message: str


class ImportJson(TypedDict):
    """photos = added + duplicates + failed: every file that was seen is one of them."""

    photos: int
    added: int
    duplicates: int
    failed: int
    faces: int
    people: int
    seconds: float
    errors: list[FileErrorJson]


def register(app: typer.Typer) -> None:
    command(
        app, "import",
        examples=(
            "kith import ~/Pictures",
            "kith import ~/Pictures /mnt/card/DCIM --copy",
            "kith import ~/Pictures --watch",
            "kith import ~/Pictures --json | jq .failed",
        ),
    )(import_pictures)  # fmt: skip


async def import_pictures(
    call: Call,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="DIR…", readable=False, help="Folders, with all below them, or single files."),
    ],
    *,
    copy: Annotated[
        bool,
        typer.Option(
            "--copy/--in-place",
            help="Copy originals into the data folder, or leave them where they are and remember where.",
        ),
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Then go on importing what appears there, until Ctrl-C.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 if any file failed, not only if all did.")
    ] = False,
) -> int:
    """Bring folders of pictures into the library.

    Faces are found and grouped into people. A picture is known by its content: one that the library has
    already, be it under another name, is not stored twice. Files that cannot be read are listed and do
    not stop the rest. Ctrl-C is safe at any time: the same command goes on where it stopped.
    """
    async with new_library(call) as runtime:
        await runtime.recognition()  # what is wrong with the pack is better known before the photos are read
        if watch:
            return await _watch(call, runtime, paths, copy=copy)
        done = await _import(call, runtime, paths, copy=copy)
        _answer(call, done)
    is_failure = done["failed"] > 0 and (strict or done["failed"] == done["photos"])
    return FILES_FAILED if is_failure else OK


async def _watch(call: Call, runtime: Runtime, paths: Sequence[Path], *, copy: bool) -> int:
    async with Watcher(paths, skip=runtime.settings.data) as watcher:
        _answer(call, await _import(call, runtime, paths, copy=copy))
        call.output.note("Watching for new pictures; Ctrl-C ends it.")
        batches = watcher.batches()
        while True:
            try:
                appeared = await anext(batches)
            except asyncio.CancelledError:  # between imports nothing is interrupted: that is how it ends
                return OK
            _answer(call, await _import(call, runtime, appeared, copy=copy))


async def _import(call: Call, runtime: Runtime, paths: Sequence[Path], *, copy: bool) -> ImportJson:
    """Read and analyse at the same time, then analyse what is left, then sum up."""
    started = time.monotonic()
    runner = runtime.runner()
    await runner.recover()
    with bars(call.output.remarks) as progress:
        reading = progress.add_task("Reading", total=None)
        queue = QueueBars(progress)
        async with following(runtime, call.who, queue):
            async with _counting(call, paths, progress, reading), _working(runner):
                report = await runtime.importer(call.who).run(
                    paths, copy=copy, progress=lambda count: progress.advance(reading, count)
                )
            progress.update(reading, total=report.seen, completed=report.seen)
            queue.expect(len(report.added_ids))
            await runtime.runner().drain(call.who.tenant_id)
        await (await runtime.recognition()).catch_up()  # or the first search would have to wait for it
    return await _summary(call, runtime, report, time.monotonic() - started)


@asynccontextmanager
async def _working(runner: Runner) -> AsyncGenerator[None]:
    """Work on the queue meanwhile. The batches in hand are finished at the end, put back after an error."""
    work = asyncio.create_task(runner.serve())
    try:
        yield
    except BaseException:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        raise
    runner.stop()
    await work


@asynccontextmanager
async def _counting(
    call: Call, paths: Sequence[Path], progress: Progress, reading: TaskID
) -> AsyncGenerator[None]:
    """Find out, beside the reading, how much there is to read."""
    enough = threading.Event()

    def count() -> None:
        total = 0
        for _ in find_files(paths, call.settings.data):
            total += 1
            if enough.is_set():
                return
        progress.update(reading, total=total)

    counting = asyncio.create_task(asyncio.to_thread(count))
    try:
        yield
    finally:
        enough.set()
        await counting


async def _summary(call: Call, runtime: Runtime, report: ImportReport, seconds: float) -> ImportJson:
    errors: list[FileErrorJson] = [
        {"path": fault.path, "code": fault.code, "message": fault.message} for fault in report.faults
    ]
    photo_ids = sorted(report.photo_paths)
    people: set[int | None] = set()
    faces = 0
    async with runtime.db.read() as session:
        failed = [
            photo
            for photo in await session.scalars(photo_queries.failed(call.who))
            if photo.id in report.photo_paths
        ]
        for start in range(0, len(photo_ids), _CHUNK):
            chunk = photo_ids[start : start + _CHUNK]
            faces += await session.scalar(face_queries.count_in_photos(chunk)) or 0
            people.update(await session.scalars(face_queries.persons_in_photos(chunk)))
    for photo in failed:
        code, message = photo.error_code or "internal_error", photo.error_detail or ""
        errors.extend(
            {"path": path, "code": code, "message": message} for path in report.photo_paths[photo.id]
        )
    added = len(report.added_ids.difference(photo.id for photo in failed))
    return {
        "photos": report.seen,
        "added": added,
        "duplicates": report.seen - added - len(errors),
        "failed": len(errors),
        "faces": faces,
        "people": len(people),
        "seconds": round(seconds, 3),
        "errors": sorted(errors, key=lambda error: error["path"]),
    }


def _answer(call: Call, done: ImportJson) -> None:
    if call.output.is_json:
        call.output.data(done)
        return
    for error in done["errors"][:_ERRORS_SHOWN]:
        call.output.warn(f"{error['path']}: {error['message']} [{error['code']}]")
    left = len(done["errors"]) - _ERRORS_SHOWN
    if left > 0:
        call.output.warn(f"{left} more files failed; --json lists them all")
    call.output.say(
        f"{done['photos']} files: {done['added']} new photos, {done['duplicates']} already known, "
        f"{done['failed']} failed. {done['faces']} faces of {done['people']} people. {done['seconds']:.1f} s."
    )
