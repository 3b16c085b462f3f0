"""The job `analyse`: photos in, faces and embeddings out, several photos at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kith.accounts.principal import Principal
from kith.engine.boxes import are_inside
from kith.engine.errors import CorruptImage
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Image
from kith.engine.image import ImageLimits, decode, derive
from kith.errors import AppError, Busy, Unavailable
from kith.faces import queries
from kith.faces.recognition import Recognition, settle
from kith.faces.service import Analysis, Faces, boxes_of, reconcile, take_turn
from kith.faces.tables import Face
from kith.jobs.service import Jobs, NewJob
from kith.jobs.tables import Job
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.kit.offload import Offload
from kith.kit.sources import Sources
from kith.photos import queries as photo_queries
from kith.photos.derived import delete_orphans, store_derived
from kith.photos.files import read_photo
from kith.photos.tables import File, Photo, PhotoState

IDENTIFY = "identify"


def identify_job(tenant_id: int) -> NewJob:
    """Have the faces that wait matched and grouped; one such job waits per tenant."""
    return NewJob(IDENTIFY, {"tenant_id": tenant_id}, dedupe_key=f"{IDENTIFY}:{tenant_id}")


@dataclass(frozen=True, slots=True)
class AnalyseConfig:
    batch: int
    max_side_px: int
    limits: ImageLimits


@dataclass(slots=True)
class Work:
    """One photo on its way through the pipeline.

    `redrawn` are pinned faces that were not found again, embedded at their own boxes: {face id: row}.
    """

    job: Job
    photo: Photo
    files: list[File]
    known: list[Face]
    image: Image | None = None
    error: AppError | None = None
    found: FoundFaces | None = None
    redrawn: tuple[dict[int, int], FoundFaces] | None = None
    phash: int | None = None


class AnalysePhotos:
    """Handler of `analyse` jobs. A photo that cannot be analysed is marked with the reason."""

    def __init__(
        self,
        db: Database,
        blobs: Blobs,
        clock: Clock,
        *,
        sources: Sources,
        recognition: Callable[[], Awaitable[Recognition]],
        decoding: Offload,
        config: AnalyseConfig,
    ) -> None:
        self.batch = config.batch
        self._db = db
        self._blobs = blobs
        self._sources = sources
        self._clock = clock
        self._recognition = recognition
        self._decoding = decoding
        self._config = config

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        recognition = await self._recognition()
        works = await self._load(jobs)
        await asyncio.gather(*(self._decode(work) for work in works))
        await asyncio.gather(
            self._analyse(recognition, [work for work in works if work.image is not None]),
            *(self._derive(work, work.image) for work in works if work.image is not None),
        )
        async with self._db.write() as session:
            for tenant_id in sorted({work.photo.tenant_id for work in works}):
                await take_turn(session, tenant_id)
            await settle(session, recognition.space_id)
            gone = await self._store(session, works, recognition.space_id)
            queue = Jobs(session, self._clock)
            for tenant_id in {work.photo.tenant_id for work in works}:
                await queue.add(tenant_id, [identify_job(tenant_id)])
            await queue.finish(worker, jobs)
        async with self._db.read() as session:
            await delete_orphans(session, self._blobs, gone)

    async def ready(self) -> None:
        await self._recognition()

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        photo = await session.get(Photo, job.payload["photo_id"])
        if photo is not None:
            fail(photo, error.code if error else "internal_error", error.detail if error else "")

    async def _load(self, jobs: Sequence[Job]) -> list[Work]:
        by_photo = {job.payload["photo_id"]: job for job in jobs}
        async with self._db.read() as session:
            photos = await session.scalars(photo_queries.by_ids(list(by_photo)))
            works = {photo.id: Work(by_photo[photo.id], photo, [], []) for photo in photos}
            for file in await session.scalars(photo_queries.files_of(list(works))):
                works[file.photo_id].files.append(file)
            for face in await session.scalars(queries.faces_of_photos(list(works))):
                works[face.photo_id].known.append(face)
        return list(works.values())

    async def _decode(self, work: Work) -> None:
        limits = self._config.limits
        try:
            data = await read_photo(work.photo, work.files, self._blobs, self._sources, limits.max_bytes)
            work.image = await self._decoding.run(decode, data, limits, self._config.max_side_px)
        except (Busy, Unavailable):
            raise
        except AppError as error:
            work.error = error

    async def _derive(self, work: Work, image: Image) -> None:
        """Store the smaller pictures; the photo is given its hash, which says so, only afterwards."""
        derived = await self._decoding.run(derive, image)
        await store_derived(self._blobs, work.photo.sha256, derived)
        work.phash = derived.phash

    async def _analyse(self, recognition: Recognition, works: Sequence[Work]) -> None:
        """Detect and embed; a pinned face that was not found again is embedded at its own box."""
        images = [work.image for work in works if work.image is not None]
        if not images:
            return
        for work, image, found in zip(works, images, await recognition.analyse(images), strict=True):
            boxes = boxes_of(work.known)
            lost = reconcile(boxes, found.xyxy).lost
            # A box that a human drew beside the picture has nothing to be embedded.
            inside = are_inside(boxes, image.width_px, image.height_px)
            rows = [at for at in lost if work.known[at].is_pinned and inside[at]]
            work.found = found
            if rows:
                ids = {work.known[at].id: row for row, at in enumerate(rows)}
                work.redrawn = ids, await recognition.embed(image, boxes[np.array(rows)])

    async def _store(self, session: WriteSession, works: Sequence[Work], space_id: int) -> list[str]:
        """Rows are read anew: a human may have decided, or deleted, while the networks were at work.

        Answers the digests of photos that are gone.
        """
        ids = [work.photo.id for work in works]
        photos = {photo.id: photo for photo in await session.scalars(photo_queries.by_ids(ids))}
        known: dict[int, list[Face]] = {photo_id: [] for photo_id in photos}
        for face in await session.scalars(queries.faces_of_photos(list(photos))):
            known[face.photo_id].append(face)
        analyses: dict[int, list[Analysis]] = defaultdict(list)
        for work in works:
            photo = photos.get(work.photo.id)
            if photo is None:
                continue
            if work.found is None:
                error = work.error or CorruptImage()
                fail(photo, error.code, error.detail)
                continue
            photo.phash = work.phash
            analysis = Analysis(photo, known[photo.id], work.found, work.redrawn)
            analyses[photo.tenant_id].append(analysis)
        for tenant_id, of_tenant in analyses.items():
            await Faces(session, Principal(tenant_id), self._clock).record(of_tenant, space_id)
        return [work.photo.sha256 for work in works if work.photo.id not in photos]


def fail(photo: Photo, code: str, detail: str) -> None:
    """Mark a photo as one that cannot be analysed, unless an earlier analysis stands."""
    if photo.analysed_space_id is None:
        photo.state = PhotoState.FAILED
    photo.error_code, photo.error_detail = code, detail[:1000]
