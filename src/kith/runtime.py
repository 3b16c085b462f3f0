"""Everything a process of Kith runs on, opened and closed in one place: server, worker, CLI and tests."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from kith.accounts.principal import Principal
from kith.engine.errors import EmbeddingSpaceMismatch
from kith.engine.image import ImageLimits
from kith.engine.packs import PackStore
from kith.engine.session import SessionOptions
from kith.errors import Unavailable
from kith.faces import queries as face_queries
from kith.faces.recognition import Recognition, activate, space_row
from kith.faces.tasks import IDENTIFY, AnalyseConfig, AnalysePhotos
from kith.index.base import VectorIndex
from kith.index.memory import MemoryIndex
from kith.index.pgvector import PgVectorIndex
from kith.jobs.liveness import Liveness
from kith.jobs.runner import Runner, RunnerConfig
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock, SystemClock
from kith.kit.db import Database
from kith.kit.errors import StorageUnavailable
from kith.kit.offload import Offload
from kith.migrations import upgrade
from kith.people.identification import IdentifyConfig, IdentifyFaces
from kith.people.matching import Thresholds
from kith.photos import queries as photo_queries
from kith.photos.importing import Importer
from kith.photos.service import ANALYSE, Photos
from kith.settings import Settings

Progress = Callable[[str], None]


@dataclass(slots=True)
class Runtime:
    """The parts of a running Kith. The engine and the index are opened when first needed."""

    settings: Settings
    db: Database
    blobs: Blobs
    clock: Clock
    packs: PackStore
    liveness: Liveness
    decoding: Offload
    working: Offload
    networks: Offload
    progress: Progress
    _recognition: Recognition | None = None
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def limits(self) -> ImageLimits:
        """The limits of files that are imported."""
        limits = self.settings.limits
        return ImageLimits(
            max_bytes=limits.file_bytes, max_pixels=limits.pixels, max_side_px=limits.side_px,
            max_frames=limits.frames,
        )  # fmt: skip

    @property
    def is_engine_open(self) -> bool:
        return self._recognition is not None

    async def recognition(self) -> Recognition:
        """The pack in use with its index, opened once; raises EngineNotReady or a pack's errors."""
        async with self._opening:
            if self._recognition is None:
                self._recognition = await self._open(await self.pack())
            return self._recognition

    async def pack(self) -> str:
        """The id of the pack in use: the library's own, else the one set, else the best installed."""
        async with self.db.read() as session:
            active = await session.scalar(face_queries.active_space())
        wanted = self.settings.engine.pack
        if active is None:
            return wanted or await asyncio.to_thread(self.packs.default)
        if wanted not in {None, active.pack}:
            raise EmbeddingSpaceMismatch(
                f"this library is analysed with {active.pack}; `kith packs use {wanted}` changes that"
            )
        return active.pack

    async def use_pack(self, pack_id: str) -> int:
        """Make a pack the library's own and queue what it has not seen; how many photos that is."""
        async with self._opening:
            await self._close_recognition()
            opened = self._recognition = await self._open(pack_id, is_choice=True)
        async with self.db.write() as session:
            await activate(session, opened.space_id)
            who = Principal()
            photo_ids = (await session.scalars(photo_queries.not_analysed_in(who, opened.space_id))).all()
            await Photos(session, who, self.clock).analyse(photo_ids)
        return len(photo_ids)

    def importer(self, who: Principal) -> Importer:
        return Importer(self.db, self.blobs, self.clock, who, self.limits, skip=self.settings.data)

    def runner(self) -> Runner:
        """The worker of this process."""
        worker, identity = self.settings.worker, self.settings.identity
        analyse = AnalysePhotos(
            self.db, self.blobs, self.clock, recognition=self.recognition, decoding=self.working,
            config=AnalyseConfig(worker.batch, self.settings.engine.max_side_px, self.limits),
        )  # fmt: skip
        identify = IdentifyFaces(
            self.db, self.clock, self.recognition,
            IdentifyConfig(
                Thresholds(identity.auto, identity.suggest, identity.poor), neighbours=identity.neighbours,
                strangers=identity.strangers, group_size=identity.group_size, cohesion=identity.cohesion,
                seed_quality=identity.seed_quality,
            ),
        )  # fmt: skip
        config = RunnerConfig(worker.lease_seconds, worker.attempts, worker.poll_seconds)
        return Runner(self.db, self.clock, {ANALYSE: analyse, IDENTIFY: identify}, self.liveness, config)

    async def close(self) -> None:
        await self._close_recognition()
        await self.decoding.close()
        await self.working.close()
        await self.networks.close()
        await self.db.close()
        self.liveness.close()

    async def _open(self, pack_id: str, *, is_choice: bool = False) -> Recognition:
        engine_settings = self.settings.engine
        options = SessionOptions(engine_settings.threads, engine_settings.providers)
        engine = await asyncio.to_thread(self.packs.open, pack_id, options, self.progress)
        async with self.db.write() as session:
            active = await session.scalar(face_queries.active_space())
            if active is not None and active.key != engine.space.key and not is_choice:
                raise EmbeddingSpaceMismatch(
                    f"the pack {pack_id} has changed; `kith packs use {pack_id}` analyses the library anew"
                )
            row = await space_row(session, self.clock, engine.space)
        index = await asyncio.to_thread(self.open_index, engine.space.key, engine.space.dimension)
        return Recognition(engine, row.id, index, self.db, self.networks)

    def open_index(self, space_key: str, dimension: int) -> VectorIndex:
        if self.db.is_sqlite:
            return MemoryIndex(dimension, self.settings.index_folder / space_key)
        dsn = self.db.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PgVectorIndex(dsn, space_key, dimension)

    async def _close_recognition(self) -> None:
        opened, self._recognition = self._recognition, None
        if opened is not None:
            with suppress(Unavailable):  # the index is derived; the next start reads the database
                await asyncio.to_thread(opened.index.persist)
            await asyncio.to_thread(opened.index.close)


@asynccontextmanager
async def open_runtime(
    settings: Settings, *, clock: Clock | None = None, progress: Progress = lambda _: None
) -> AsyncGenerator[Runtime]:
    """Open the database (bringing its schema up to date), the blobs and the pools; close them at the end."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        liveness = Liveness(settings.locks_folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageUnavailable(f"the data folder {settings.data} cannot be used: {reason}") from error
    db = Database(settings.database_url)
    limits = settings.limits
    runtime = Runtime(
        settings=settings, db=db, blobs=Blobs.open(settings.blobs.url or settings.data / "blobs"),
        clock=clock or SystemClock(), packs=PackStore(settings.packs_folder), liveness=liveness,
        decoding=Offload(limits.concurrent_images, limits.waiting_images, "decoding"),
        working=Offload(os.cpu_count() or 1, 2 * settings.worker.batch, "working"),
        networks=Offload(1, limits.waiting_images, "networks"), progress=progress,
    )  # fmt: skip
    try:
        await upgrade(db)
        yield runtime
    finally:
        await runtime.close()
