"""What `kith doctor` looks at, each by one small function that changes nothing."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from kith.accounts.principal import Principal
from kith.engine.packs import PackStore
from kith.engine.remote import RemoteEngine
from kith.errors import AppError
from kith.faces import queries as face_queries
from kith.faces.tasks import IDENTIFY
from kith.jobs import queries as job_queries
from kith.kit.db import Database, ReadSession
from kith.migrations import is_current
from kith.photos import queries as photo_queries
from kith.photos.service import ANALYSE
from kith.photos.tables import File, Storage
from kith.runtime import Runtime
from kith.settings import revealed, unknown_variables

_LOW_BYTES = 1_000_000_000
_FULL_BYTES = 100_000_000
_CHUNK = 1000
_NAMED = 3  # examples in a line


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it."""

    check: str
    state: State
    detail: str
    advice: str = ""


def check_variables() -> Finding:
    unknown = unknown_variables()
    if not unknown:
        return Finding("settings", State.OK, "every KITH_ variable names a setting")
    return Finding(
        "settings", State.WARN, f"unknown: {', '.join(unknown)}",
        "these have no effect; docs/settings.md lists the names there are",
    )  # fmt: skip


def check_folder(folder: Path) -> Finding:
    if not folder.is_dir():
        return Finding(
            "data folder", State.FAIL, f"{folder.absolute()} does not exist",
            "`kith import DIR` makes it; --data or KITH_DATA names another",
        )  # fmt: skip
    closed = [path for path in (folder, *folder.glob("*")) if not os.access(path, os.R_OK | os.W_OK)]
    if closed:
        return Finding(
            "data folder", State.FAIL, f"{closed[0]} cannot be read or written",
            "give the user Kith runs as the right to read and write it",
        )  # fmt: skip
    return Finding("data folder", State.OK, str(folder.absolute()))


def check_space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:,.1f} GB are free"
    if free >= _LOW_BYTES:
        return Finding("free space", State.OK, detail)
    state = State.FAIL if free < _FULL_BYTES else State.WARN
    return Finding("free space", state, detail, "free some space, or move the data folder to a larger disk")


async def check_database(db: Database) -> Finding:
    try:
        async with db.read() as session:
            if not db.is_sqlite:
                await session.execute(text("SELECT 1"))
                return Finding("database", State.OK, "PostgreSQL answers")
            problems = (await session.scalars(text("PRAGMA integrity_check(3)"))).all()
    except AppError as error:
        advice = "see that it runs, and that KITH_DATABASE__URL is right"
        return Finding("database", State.FAIL, error.detail, advice)
    if problems == ["ok"]:
        return Finding("database", State.OK, "SQLite is whole")
    return Finding("database", State.FAIL, "; ".join(problems), "restore it from a backup")


async def check_schema(db: Database) -> Finding:
    if await is_current(db):
        return Finding("schema", State.OK, "at the newest version")
    return Finding(
        "schema", State.WARN, "not at this version of Kith",
        "`kith status` brings an older one up to date; for a newer one, update Kith",
    )  # fmt: skip


async def check_library(runtime: Runtime, who: Principal) -> AsyncGenerator[Finding]:
    """The checks that need a database that can be read."""
    async with runtime.db.read() as session:
        for finding in await check_files(session, runtime, who):
            yield finding
        yield await check_photos(session, who)
        yield await check_jobs(session, who)
        yield await check_embeddings(session)
        yield await check_index(session, runtime)


async def check_files(session: ReadSession, runtime: Runtime, who: Principal) -> list[Finding]:
    """Whether the bytes of every photo are where they should be."""
    total = after = 0
    gone: list[str] = []
    changed: list[str] = []
    lost: list[str] = []
    while files := (await session.scalars(photo_queries.files_after(who, after, _CHUNK))).all():
        after = files[-1].id
        total += len(files)
        in_place = [file for file in files if file.storage == Storage.FOLDER]
        copied = [file for file in files if file.storage == Storage.BLOB]
        states = await asyncio.to_thread(_states_of, in_place)
        gone += [file.location for file, state in zip(in_place, states, strict=True) if state is None]
        changed += [file.location for file, state in zip(in_place, states, strict=True) if state is False]
        there = await asyncio.gather(*(runtime.blobs.exists(file.location) for file in copied))
        lost += [file.location for file, is_there in zip(copied, there, strict=True) if not is_there]
    advice = "import the folder they are in now: moved photos are recognised"
    return [
        _about_files("files in place", State.WARN, gone, "missing", advice)
        or Finding("files in place", State.OK, "none is missing"),
        _about_files("changed files", State.WARN, changed, "changed since", "import their folders again")
        or Finding("changed files", State.OK, "none has changed"),
        _about_files("copied files", State.FAIL, lost, "lost", "restore `blobs` from a backup")
        or Finding("copied files", State.OK, f"none is lost, of {total} files in all"),
    ]


async def check_photos(session: ReadSession, who: Principal) -> Finding:
    failed = (await session.scalars(photo_queries.failed(who))).all()
    if not failed:
        return Finding("photos", State.OK, "none has failed")
    named = ", ".join(f"{photo.original_name} [{photo.error_code}]" for photo in failed[:_NAMED])
    return Finding(
        "photos", State.WARN, f"{len(failed)} could not be analysed: {named}{_more(failed)}",
        "see that the files can be opened; importing their folder tries again what may have passed",
    )  # fmt: skip


async def check_jobs(session: ReadSession, who: Principal) -> Finding:
    failed = (await session.scalars(job_queries.failed(who.tenant_id))).all()
    waiting = await session.scalar(job_queries.open_for(who.tenant_id, (ANALYSE, IDENTIFY))) or 0
    if failed:
        named = ", ".join(f"{job.kind} {job.id} [{job.error_code}]" for job in failed[:_NAMED])
        return Finding(
            "jobs", State.WARN, f"{len(failed)} failed: {named}{_more(failed)}",
            "the log says why; `kith reindex --analyse` does all photos again",
        )  # fmt: skip
    if waiting:
        return Finding("jobs", State.OK, f"{waiting} to be done: `kith worker` or `kith serve` does them")
    return Finding("jobs", State.OK, "the queue is empty")


async def check_embeddings(session: ReadSession) -> Finding:
    space = await session.scalar(face_queries.active_space())
    if space is None:
        return Finding("embeddings", State.OK, "nothing was analysed yet")
    missing = await session.scalar(face_queries.count_without_embedding(space.id)) or 0
    if not missing:
        return Finding("embeddings", State.OK, f"every face has one of {space.pack}")
    return Finding(
        "embeddings", State.WARN, f"{missing} faces have none of {space.pack}, so they cannot be found",
        f"`kith packs use {space.pack}` analyses what is missing",
    )  # fmt: skip


async def check_index(session: ReadSession, runtime: Runtime) -> Finding:
    """Whether the search index agrees with the database; behind it is no harm, it catches up."""
    space = await session.scalar(face_queries.active_space())
    if space is None:
        return Finding("index", State.OK, "there is none yet")
    last = await session.scalar(face_queries.last_change()) or 0
    expected = await session.scalar(face_queries.count_index_entries(space.id)) or 0
    try:
        index = await asyncio.to_thread(runtime.indexes.hold, space.key, space.dimension)
        try:
            position, count = await asyncio.to_thread(lambda: (index.position, len(index)))
        finally:
            await asyncio.to_thread(index.close)
    except AppError as error:
        return Finding("index", State.FAIL, error.detail, "`kith reindex` builds it anew")
    if position == last and count != expected:
        return Finding(
            "index", State.FAIL, f"it holds {count} faces, the database {expected}",
            "`kith reindex` builds it anew",
        )  # fmt: skip
    if position and await session.scalar(face_queries.change(position)) is None:
        return Finding("index", State.OK, "it is of another database; the next search builds it anew")
    if position != last:
        behind = await session.scalar(face_queries.count_changes_after(position))
        return Finding("index", State.OK, f"{behind} changes behind; the next search catches up")
    return Finding("index", State.OK, f"{count} faces, as the database says")


async def check_packs(store: PackStore, in_use: str) -> list[Finding]:
    """Whether the pack in use is there, and the files of all are as they were installed."""
    installed = await asyncio.to_thread(store.installed)
    ids = [pack.id for pack in installed if pack.size_bytes]
    damaged = [one for one in ids if not (await asyncio.to_thread(store.verify, one)).is_intact]
    findings = [
        Finding(
            "packs", State.FAIL, f"files of {pack_id} have changed or are missing",
            f"`kith packs verify {pack_id}` says which; `kith packs install` it again",
        )
        for pack_id in damaged
    ]  # fmt: skip
    if in_use not in {pack.id for pack in installed}:
        detail = f"{in_use} is in use but not installed"
        findings.append(Finding("packs", State.FAIL, detail, "`kith packs install` it"))
    return findings or [Finding("packs", State.OK, f"{in_use} is in use and intact")]


async def check_engine(url: str, key: SecretStr | None) -> Finding:
    """Whether the engine on another machine answers."""
    try:
        remote = await asyncio.to_thread(RemoteEngine.connect, url, revealed(key))
    except AppError as error:
        return Finding("packs", State.FAIL, error.detail, f"docs/errors.md#{error.code}")
    remote.close()
    return Finding("packs", State.OK, f"the engine at {url} has {remote.space.pack}")


def _states_of(files: Sequence[File]) -> list[bool | None]:
    return [_state_of(file) for file in files]


def _state_of(file: File) -> bool | None:
    """Whether a file in place is as it was; None if it is not there."""
    try:
        status = Path(file.location).stat()
    except OSError:
        return None
    return status.st_size == file.size_bytes and status.st_mtime_ns == file.modified_ns


def _about_files(check: str, state: State, files: Sequence[str], what: str, advice: str) -> Finding | None:
    if not files:
        return None
    named = ", ".join(files[:_NAMED])
    return Finding(check, state, f"{len(files)} are {what}: {named}{_more(files)}", advice)


def _more(found: Sequence[object]) -> str:
    return f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
