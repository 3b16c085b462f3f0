"""Pictures into galleries: handed in with a request, or taken from the sources in the background."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from kith.accounts.errors import QuotaExceeded
from kith.accounts.principal import Principal
from kith.engine.image import ImageLimits
from kith.errors import AppError, Busy, Unavailable
from kith.faces.service import take_turn
from kith.galleries.tables import Gallery
from kith.jobs.service import Jobs, NewJob
from kith.jobs.tables import Job
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.kit.offload import Offload
from kith.kit.sources import Sources
from kith.photos.folders import is_wanted
from kith.photos.importing import describe
from kith.photos.service import NewFile, Outcome, Photos
from kith.photos.tables import Storage
from kith.sharing import queries
from kith.sharing.errors import GalleryExpired
from kith.sharing.galleries import find_terms
from kith.sharing.tables import GalleryIntake

INDEX_GALLERY = "index_gallery"
_AT_ONCE = 4  # pictures that are read and looked at together
_STEP = 32  # pictures that are stored in one transaction


@dataclass(frozen=True, slots=True)
class Sent:
    """A picture that was handed in, under the name of its file."""

    name: str
    read: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of a picture: a photo, new or known, or what is wrong with it."""

    name: str
    photo_id: int | None = None
    outcome: Outcome | None = None
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What pictures are taken in with."""

    db: Database
    clock: Clock
    blobs: Blobs
    sources: Sources
    decoding: Offload
    limits: ImageLimits


async def require_open(session: WriteSession, clock: Clock, who: Principal, gallery_id: int) -> Gallery:
    """The gallery, if pictures may be put into it; raises GalleryNotFound, GalleryExpired."""
    gallery, terms = await find_terms(session, who, gallery_id)
    if terms.expired_at is not None or (terms.expires_at is not None and terms.expires_at <= clock.now()):
        raise GalleryExpired("nobody is looked for in it any more, so it takes no pictures")
    return gallery


async def add_pictures(parts: Parts, who: Principal, gallery_id: int, sent: Sequence[Sent]) -> list[Filled]:
    """Put pictures into a gallery, all that are sound in one transaction; what became of each, in order.

    Raises GalleryNotFound, GalleryExpired, QuotaExceeded, and Busy when too much is going on.
    """
    async with parts.db.read() as session:
        await find_terms(session, who, gallery_id)
    places = asyncio.Semaphore(_AT_ONCE)
    read = await asyncio.gather(*(_look(parts, it, places) for it in sent))
    sound = [it for it in read if not isinstance(it, AppError)]
    async with parts.db.write() as session:
        await take_turn(session, who.tenant_id)
        gallery = await require_open(session, parts.clock, who, gallery_id)
        files = [replace(file, location=_place(gallery, file.sha256)) for file, _ in sound]
        done = await Photos(session, who, parts.clock).register(gallery_id, files)
        for file, (_, data) in zip(files, sound, strict=True):
            await parts.blobs.put(file.location, data)
        kept = iter([(it.photo.id, it.outcome) for it in done])
    return [
        Filled(it.name, error=found) if isinstance(found, AppError) else Filled(it.name, *next(kept))
        for it, found in zip(sent, read, strict=True)
    ]


async def _look(parts: Parts, it: Sent, places: asyncio.Semaphore) -> tuple[NewFile, bytes] | AppError:
    """What picture it is with its bytes, or what is wrong with it."""
    try:
        async with places:
            data = await it.read()
            return await parts.decoding.run(describe, data, it.name, parts.limits), data
    except (Busy, Unavailable):
        raise
    except AppError as error:
        return error


def _place(gallery: Gallery, sha256: str) -> str:
    """A blob of this gallery alone: whoever erases the gallery need ask nobody."""
    return f"galleries/{gallery.uuid.hex}/{sha256}"


# ── from the sources ─────────────────────────────────────────────────────────────────────────────


class Intakes:
    """Use cases of one session, for one tenant. None commits."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock, sources: Sources) -> None:
        self._session = session
        self._who = who
        self._clock = clock
        self._sources = sources

    async def begin(self, gallery_id: int, prefix: str) -> GalleryIntake:
        """Have all pictures of a folder of the sources taken in; again, while that goes on, is once.

        Raises GalleryNotFound, GalleryExpired, SourcesNotSet, SourceKeyInvalid.
        """
        await take_turn(self._session, self._who.tenant_id)
        await require_open(self._session, self._clock, self._who, gallery_id)
        self._sources.check_folder(prefix)
        for row in await self._session.scalars(queries.open_intakes([gallery_id])):
            if row.prefix == prefix:
                return row
        row = GalleryIntake(
            tenant_id=self._who.tenant_id, gallery_id=gallery_id, prefix=prefix, added=0, duplicates=0,
            refused=0, created_at=self._clock.now(),
        )  # fmt: skip
        self._session.add(row)
        await self._session.flush()
        await Jobs(self._session, self._clock).add(self._who.tenant_id, [intake_job(row.id)])
        return row


def intake_job(intake_id: int) -> NewJob:
    return NewJob(INDEX_GALLERY, {"intake_id": intake_id}, dedupe_key=f"{INDEX_GALLERY}:{intake_id}")


class IndexGalleries:
    """Handler of intakes. What is in the gallery already is passed over, so that it can end anywhere."""

    batch = 1

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        for job in jobs:
            await self._take_in(job.payload["intake_id"])
            async with self._parts.db.write() as session:
                intake = await session.scalar(queries.intake(job.payload["intake_id"]))
                if intake is not None:
                    intake.ended_at = self._parts.clock.now()
                await Jobs(session, self._parts.clock).finish(worker, [job])

    async def ready(self) -> None:
        return

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        intake = await session.scalar(queries.intake(job.payload["intake_id"]))
        if intake is not None:
            intake.ended_at = self._parts.clock.now()
            intake.error_code = error.code if error is not None else "internal_error"

    async def _take_in(self, intake_id: int) -> None:
        async with self._parts.db.read() as session:
            intake = await session.scalar(queries.intake(intake_id))
        if intake is None or intake.ended_at is not None:
            return
        keys = [it for it in await self._parts.sources.keys(intake.prefix) if _is_wanted(it)]
        async with self._parts.db.write() as session:
            row = await session.scalar(queries.intake(intake_id))
            if row is None:
                return
            row.found, row.added, row.duplicates, row.refused = len(keys), 0, 0, 0
        for start in range(0, len(keys), _STEP):
            if not await self._step(intake, keys[start : start + _STEP]):
                return

    async def _step(self, intake: GalleryIntake, keys: Sequence[str]) -> bool:
        """Take some pictures in; False where the gallery has gone or ended meanwhile."""
        async with self._parts.db.read() as session:
            there = set(await session.scalars(queries.keys_there(intake.gallery_id, keys)))
        sent = [self._sent(key) for key in keys if key not in there]
        places = asyncio.Semaphore(_AT_ONCE)
        read = await asyncio.gather(*(self._look(it, places) for it in sent))
        files = [it for it in read if it is not None]
        return await self._store(intake, files, known=len(there), refused=len(sent) - len(files))

    def _sent(self, key: str) -> Sent:
        return Sent(key, lambda: self._parts.sources.read(key, self._parts.limits.max_bytes))

    async def _look(self, it: Sent, places: asyncio.Semaphore) -> NewFile | None:
        """What picture it is, where it stays; its bytes are let go of."""
        found = await _look(self._parts, it, places)
        if isinstance(found, AppError):
            return None
        return replace(found[0], name=it.name.rpartition("/")[2], storage=Storage.SOURCE, location=it.name)

    async def _store(
        self, intake: GalleryIntake, files: Sequence[NewFile], *, known: int, refused: int
    ) -> bool:
        who = Principal(intake.tenant_id, actor=f"intake {intake.id}")
        async with self._parts.db.write() as session:
            await take_turn(session, who.tenant_id)
            row = await session.scalar(queries.intake(intake.id))
            if row is None:
                return False
            try:
                await require_open(session, self._parts.clock, who, intake.gallery_id)
                done = await Photos(session, who, self._parts.clock).register(intake.gallery_id, files)
            except (GalleryExpired, QuotaExceeded) as error:
                row.error_code = error.code
                return False
            added = sum(it.outcome is Outcome.ADDED for it in done)
            row.added += added
            row.duplicates += len(done) - added + known
            row.refused += refused
            return True


def _is_wanted(key: str) -> bool:
    return all(is_wanted(step) for step in key.split("/"))
