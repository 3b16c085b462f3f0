"""The job `preview`: a sample of faces is embedded by another pack, and what it says of them is counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from kith.accounts.principal import Principal
from kith.engine.base import FaceEngine
from kith.engine.faces import Image
from kith.engine.image import decode
from kith.errors import AppError, Busy, Unavailable
from kith.faces.engines import Engines
from kith.faces.service import boxes_of
from kith.faces.tables import Face
from kith.faces.tasks import AnalyseConfig
from kith.jobs.service import Jobs
from kith.jobs.tables import Job
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.kit.offload import Offload
from kith.kit.sources import Sources
from kith.people.matching import Thresholds
from kith.photos import queries as photo_queries
from kith.photos.files import read_photo
from kith.photos.tables import File, Photo
from kith.previewing import queries
from kith.previewing.comparing import Fate, Sample, compare
from kith.previewing.tables import PackPreview, PreviewState

# A few hundred faces take a minute or two on a small machine, and settle a share to within some percent.
_NAMED, _EACH, _NAMELESS = 240, 6, 60


@dataclass(frozen=True, slots=True)
class PreviewConfig:
    pictures: AnalyseConfig
    thresholds: Thresholds
    neighbours: int


class PreviewPack:
    """Handler of `preview` jobs. The library's own embeddings are neither read nor changed."""

    batch = 1

    def __init__(
        self, db: Database, blobs: Blobs, clock: Clock,
        *, sources: Sources, engines: Engines, decoding: Offload, networks: Offload, config: PreviewConfig,
    ) -> None:  # fmt: skip
        self._db = db
        self._blobs = blobs
        self._clock = clock
        self._sources = sources
        self._engines = engines
        self._decoding = decoding
        self._networks = networks
        self._config = config

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        for job in jobs:
            fates = await self._look(job)
            async with self._db.write() as session:
                await Jobs(session, self._clock).finish(worker, [job])
                preview = await session.scalar(queries.by_id(job.payload["preview_id"]))
                if preview is not None:
                    preview.agree, preview.changed = fates[Fate.AGREE], fates[Fate.CHANGED]
                    preview.unknown, preview.known = fates[Fate.UNKNOWN], fates[Fate.KNOWN]
                    self._end(preview, PreviewState.DONE)

    async def ready(self) -> None:
        return

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        preview = await session.scalar(queries.by_id(job.payload["preview_id"]))
        if preview is not None:
            preview.error_code = error.code if error is not None else "internal_error"
            self._end(preview, PreviewState.FAILED)

    def _end(self, preview: PackPreview, state: PreviewState) -> None:
        preview.state, preview.ended_at = state, self._clock.now()

    async def _look(self, job: Job) -> dict[Fate, int]:
        """Raises a pack's errors. Nothing comes of a preview another has taken the place of."""
        preview_id = job.payload["preview_id"]
        async with self._db.read() as session:
            preview = await session.scalar(queries.by_id(preview_id))
            if preview is None:
                return dict.fromkeys(Fate, 0)
            who = Principal(job.tenant_id)
            named = (await session.execute(queries.named_faces(who, _EACH, _NAMED))).all()
            nameless = (await session.execute(queries.nameless_faces(who, _NAMELESS))).all()
            faces = sorted(((face, photo) for face, photo in (*named, *nameless)), key=lambda it: it[1].id)
            photo_ids = sorted({photo.id for _, photo in faces})
            files = (await session.scalars(photo_queries.files_of(photo_ids))).all()
        engine = await self._engines.open(preview.pack)
        persons = {face.id: face.person_id or 0 for face, _ in named}
        seen, vectors = await self._embed(preview_id, engine, faces, files)
        sample = Sample(
            np.array([it.photo_id for it in seen], np.int64),
            np.array([persons.get(it.id, 0) for it in seen], np.int64),
            np.array([it.quality for it in seen], np.float64), vectors,
        )  # fmt: skip
        thresholds, neighbours = self._config.thresholds, self._config.neighbours
        counted = await self._networks.run(compare, sample, engine.calibration, thresholds, neighbours)
        return {fate: counted[fate] for fate in Fate}

    async def _embed(
        self, preview_id: int, engine: FaceEngine, faces: Sequence[tuple[Face, Photo]], files: Sequence[File]
    ) -> tuple[list[Face], NDArray[np.float32]]:
        """The faces whose pictures can be read, and their vectors (n, d); progress is told as it is made."""
        seen: list[Face] = []
        vectors = [np.zeros((0, engine.space.dimension), np.float32)]
        for photo, pairs in groupby(faces, key=lambda it: it[1]):
            of_photo = [face for face, _ in pairs]
            image = await self._open(photo, [it for it in files if it.photo_id == photo.id])
            if image is not None:
                found = await self._networks.run(engine.embed, image, boxes_of(of_photo))
                vectors.append(found.embeddings)
                seen += of_photo
            await self._tell(preview_id, len(faces), len(seen))
        return seen, np.concatenate(vectors)

    async def _open(self, photo: Photo, files: Iterable[File]) -> Image | None:
        pictures = self._config.pictures
        try:
            data = await read_photo(photo, list(files), self._blobs, self._sources, pictures.limits.max_bytes)
            return await self._decoding.run(decode, data, pictures.limits, pictures.max_side_px)
        except (Busy, Unavailable):
            raise
        except AppError:
            return None  # one picture that is gone says nothing of a pack

    async def _tell(self, preview_id: int, wanted: int, seen: int) -> None:
        async with self._db.write() as session:
            preview = await session.scalar(queries.by_id(preview_id))
            if preview is not None:
                preview.faces_wanted, preview.faces_seen = wanted, seen
