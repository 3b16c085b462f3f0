"""Bringing folders into the library: find, hash, look, register; the analysis is queued."""

import asyncio
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kith.accounts.principal import Principal
from kith.engine.faces import Image
from kith.engine.image import ImageLimits, decode, probe
from kith.errors import AppError, Unavailable
from kith.kit.blobs import Blobs, blob_name, digest
from kith.kit.clock import Clock
from kith.kit.db import Database
from kith.photos import queries
from kith.photos.folders import Found, find_files, location_of, read_dated_file
from kith.photos.metadata import read_metadata
from kith.photos.service import PASSING, NewFile, Outcome, Photos
from kith.photos.tables import File, Storage

_BATCH = 64


@dataclass(frozen=True, slots=True)
class ImportFault:
    """A file that could not be imported, and why."""

    path: str
    code: str
    message: str


@dataclass(slots=True)
class ImportReport:
    """What an import saw. `photo_paths` gives the paths of each photo; `added_ids` are the new ones."""

    seen: int = 0
    duplicates: int = 0
    added_ids: set[int] = field(default_factory=set[int])
    photo_paths: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    faults: list[ImportFault] = field(default_factory=list[ImportFault])

    def saw(self, photo_id: int, path: Path) -> None:
        self.photo_paths.setdefault(photo_id, []).append(str(path))

    def fault(self, path: Path | str, error: AppError) -> None:
        self.faults.append(ImportFault(_printable(str(path)), error.code, _printable(error.detail)))


class Importer:
    """Registers the pictures of folders, in place or copied into the blob store.

    Each batch is one transaction, so an import can end anywhere and be run again: what is registered
    is recognised by place, size and time, or by its digest, and what is queued stays queued.
    """

    def __init__(
        self,
        db: Database,
        blobs: Blobs,
        clock: Clock,
        who: Principal,
        limits: ImageLimits,
        *,
        skip: Path | None = None,
    ) -> None:
        """`skip` is a folder that is never entered: the library's own data."""
        self._db = db
        self._blobs = blobs
        self._clock = clock
        self._who = who
        self._limits = limits
        self._skip = skip

    async def run(
        self, roots: Sequence[Path], *, copy: bool, progress: Callable[[int], None]
    ) -> ImportReport:
        """`progress` is told the number of files just dealt with."""
        report = ImportReport()
        async with self._db.read() as session:
            gallery_id = (await session.scalars(queries.library(self._who))).one().id
        files = find_files(roots, self._skip)
        while batch := await asyncio.to_thread(_take, files):
            await self._batch(gallery_id, batch, report, copy=copy)
            progress(len(batch))
        return report

    async def _batch(
        self, gallery_id: int, batch: Sequence[Found], report: ImportReport, *, copy: bool
    ) -> None:
        report.seen += len(batch)
        places = await self._places(gallery_id, batch)
        reads = [self._read(found, places.get(str(found.path)), copy=copy) for found in batch]
        new: list[tuple[Found, NewFile]] = []
        for found, read in zip(batch, await asyncio.gather(*reads), strict=True):
            if isinstance(read, NewFile):
                new.append((found, read))
            elif isinstance(read, File):
                report.duplicates += 1
                report.saw(read.photo_id, found.path)
            else:
                report.fault(found.path, read)
        await self._register(gallery_id, new, report)

    async def _register(
        self, gallery_id: int, new: Sequence[tuple[Found, NewFile]], report: ImportReport
    ) -> None:
        if not new:
            return
        async with self._db.write() as session:
            photos = Photos(session, self._who, self._clock)
            done = await photos.register(gallery_id, [file for _, file in new])
        for (found, _), registered in zip(new, done, strict=True):
            report.saw(registered.photo.id, found.path)
            if registered.outcome is Outcome.ADDED:
                report.added_ids.add(registered.photo.id)
            else:
                report.duplicates += 1

    async def _places(self, gallery_id: int, batch: Sequence[Found]) -> dict[str, File]:
        """The places that are known, and whose photos there is no reason to look at again."""
        locations = [str(found.path) for found in batch if found.error is None and _is_text(found.path)]
        statement = queries.settled_at(self._who, gallery_id, locations, PASSING)
        async with self._db.read() as session:
            return {place.location: place for place in await session.scalars(statement)}

    async def _read(self, found: Found, place: File | None, *, copy: bool) -> NewFile | File | AppError:
        """The picture, its known place if it has not changed since, or what is wrong with it."""
        if found.error is not None:
            return found.error
        try:
            if place is not None and not copy and await asyncio.to_thread(_is_unchanged, found.path, place):
                return place
            data, file = await asyncio.to_thread(look_at, found.path, self._limits, copy=copy)
            if copy:
                await self._blobs.put(file.location, data)
        except Unavailable:
            raise
        except AppError as error:
            return error
        return file


def look_at(path: Path, limits: ImageLimits, *, copy: bool) -> tuple[bytes, NewFile]:
    """Read a file and say what picture it is; raises what is wrong with it."""
    location = location_of(path)
    data, modified_ns = read_dated_file(path, limits.max_bytes)
    described = describe(data, path.name, limits)
    if copy:
        return data, described
    return data, replace(described, storage=Storage.FOLDER, location=location, modified_ns=modified_ns)


def describe(data: bytes, name: str, limits: ImageLimits) -> NewFile:
    """What picture these bytes are, to be kept in the blob store."""
    info = probe(data, limits)
    metadata = read_metadata(data)
    sha256 = digest(data)
    return NewFile(
        sha256=sha256, name=name, size_bytes=len(data), media_type=info.media_type,
        width_px=info.width_px, height_px=info.height_px, taken_at=metadata.taken_at,
        taken_offset_minutes=metadata.offset_minutes, storage=Storage.BLOB, location=blob_name(sha256),
        exif=metadata.facts,
    )  # fmt: skip


def open_picture(data: bytes, name: str, limits: ImageLimits, max_side_px: int) -> tuple[NewFile, Image]:
    """What picture these bytes are, as `describe` says it, and its pixels; raises what is wrong with it."""
    return describe(data, name, limits), decode(data, limits, max_side_px)


def _take(files: Iterator[Found]) -> list[Found]:
    return list(itertools.islice(files, _BATCH))


def _printable(text: str) -> str:
    """Text that can be written anywhere, though it may hold a name that is not UTF-8."""
    return text.encode(errors="replace").decode()


def _is_text(path: Path) -> bool:
    try:
        location_of(path)
    except AppError:
        return False
    return True


def _is_unchanged(path: Path, place: File) -> bool:
    try:
        status = path.stat()
    except OSError:
        return False
    return status.st_size == place.size_bytes and status.st_mtime_ns == place.modified_ns
