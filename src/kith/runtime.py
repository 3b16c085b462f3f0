"""Everything a process of Kith runs on, opened and closed in one place: server, worker, CLI and tests."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from kith.accounts.keyring import Keyring
from kith.accounts.principal import Principal
from kith.accounts.signing import Signer
from kith.accounts.signing_in import SignIns
from kith.audit import service as audit
from kith.audit.tables import AuditAction
from kith.engine.errors import EmbeddingSpaceMismatch, EngineNotReady
from kith.engine.image import ImageLimits
from kith.engine.packs import PackStore
from kith.engine.session import SessionOptions
from kith.enrolment.service import Enrolment
from kith.errors import AppError, Busy, Unavailable
from kith.faces import queries as face_queries
from kith.faces.choosing import choose_space
from kith.faces.engines import Engines
from kith.faces.intake import Intake
from kith.faces.recognition import Recognition, space_row
from kith.faces.tasks import IDENTIFY, AnalyseConfig, AnalysePhotos
from kith.index.opening import Indexes
from kith.ingest.service import Ingest
from kith.ingest.stream import RedisStream
from kith.jobs.liveness import Liveness
from kith.jobs.runner import Runner, RunnerConfig
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock, SystemClock
from kith.kit.db import Database
from kith.kit.errors import StorageUnavailable
from kith.kit.fetch import Fetcher, FetchLimits
from kith.kit.limits import Limiter, MemoryLimiter, RedisLimiter
from kith.kit.offload import Offload
from kith.kit.secrets import Sealer
from kith.kit.sources import Sources
from kith.migrations import upgrade
from kith.people.identification import IdentifyConfig, IdentifyFaces
from kith.people.matching import Thresholds
from kith.photos.aside import Aside
from kith.photos.importing import Importer
from kith.photos.service import ANALYSE
from kith.previewing.service import PREVIEW
from kith.previewing.tasks import PreviewConfig, PreviewPack
from kith.pulse import Pulses
from kith.settings import Settings, revealed
from kith.sharing.ending import Ending
from kith.sharing.filling import Parts as FillingParts
from kith.tagging.batches import MAX_WAITING, RECOGNISED, BatchDone, BatchRule, recognise_waiting
from kith.tagging.pictures import Parts
from kith.tagging.training import TRAIN, Train
from kith.tenants.erasing import erase_blobs, erase_rows

Progress = Callable[[str], None]

# Searches go on while a large library is being grouped or read.
_COMPUTE_SLOTS = 4
# Clients who wait for a picture to be fetched wait half a minute.
_FETCH_SECONDS = 25
# One lane decodes and stores while the other is in the networks.
_LANES = 2
# So many pictures may be looked at beside those of the worker itself.
GATHERING = 16


@dataclass(slots=True)
class Runtime:
    """The parts of a running Kith. The engine and the index are opened when first needed."""

    settings: Settings
    db: Database
    blobs: Blobs
    sources: Sources
    clock: Clock
    packs: PackStore
    engines: Engines
    liveness: Liveness
    keyring: Keyring
    signer: Signer
    sign_ins: SignIns
    pulses: Pulses
    limiter: Limiter
    courier_liveness: Liveness
    gatherer_liveness: Liveness
    stream: RedisStream | None
    fetcher: Fetcher
    sealer: Sealer
    decoding: Offload
    working: Offload
    networks: Offload
    compute: Offload
    progress: Progress
    _recognition: Recognition | None = None
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _closing: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    @property
    def limits(self) -> ImageLimits:
        """The limits of files that are imported."""
        limits = self.settings.limits
        return ImageLimits(
            max_bytes=limits.file_bytes, max_pixels=limits.pixels, max_side_px=limits.side_px,
            max_frames=limits.frames,
        )  # fmt: skip

    @property
    def _analysis(self) -> AnalyseConfig:
        return AnalyseConfig(self.settings.worker.batch, self.settings.engine.max_side_px, self.limits)

    @property
    def is_engine_open(self) -> bool:
        return self._recognition is not None

    @property
    def thresholds(self) -> Thresholds:
        identity = self.settings.identity
        return Thresholds(identity.auto, identity.suggest, identity.poor, identity.seed_quality)

    async def recognition(self) -> Recognition:
        """The pack in use with its index, opened when first asked for, and anew when another was chosen.

        Costs one query; ask before reading in a session of your own. Raises a pack's errors.
        """
        opened = self._recognition
        if opened is not None and await self._is_in_use(opened):
            return opened
        async with self._opening:
            opened = self._recognition
            if opened is None or not await self._is_in_use(opened):
                opened = await self._open(await self.pack())
                self._take_up(opened)
            return opened

    async def recognition_for_jobs(self) -> Recognition:
        """As `recognition`, but a pack that cannot be opened is waited for: no photo is to blame for it."""
        try:
            return await self.recognition()
        except (Busy, Unavailable):
            raise
        except AppError as error:
            raise EngineNotReady(error.detail, cause=error.code) from error

    async def pack(self) -> str:
        """The id of the pack in use: the library's own, else the one set, else the best installed."""
        async with self.db.read() as session:
            active = await session.scalar(face_queries.active_space())
        wanted = self.settings.engine.pack
        if active is None:
            return wanted or await self.engines.default()
        if wanted not in {None, active.pack}:
            raise EmbeddingSpaceMismatch(
                f"this library is analysed with {active.pack}; `kith packs use {wanted}` changes that"
            )
        return active.pack

    async def use_pack(self, pack_id: str) -> int:
        """Make a pack the library's own and queue what it has not seen; how many photos that is."""
        async with self._opening:
            opened = await self._open(pack_id, is_choice=True)
            try:
                async with self.db.write() as session:
                    count = await choose_space(session, self.clock, opened.space_id)
            except BaseException:
                await opened.close()
                raise
            self._take_up(opened)
        return count

    def importer(self, who: Principal) -> Importer:
        return Importer(self.db, self.blobs, self.clock, who, self.limits, skip=self.settings.data)

    async def note(
        self, who: Principal, action: AuditAction, subject: str, subject_id: int | None = None,
        *, result: str = "ok", counts: Mapping[str, int],
    ) -> None:  # fmt: skip
        """Note an access that stores nothing else; see `kith.audit`."""
        async with self.db.write() as session:
            audit.record(session, self.clock, who, action, subject, subject_id, result=result, counts=counts)

    async def erase_tenant(self, who: Principal, slug: str) -> int:
        """Erase a tenant: rows first, then indexes and bytes. Again, where it was cut off, does the rest.

        Answers how many originals nobody has any more.
        """
        async with self.db.write() as session:
            erased = await erase_rows(session, who, slug)
            audit.record(session, self.clock, who, AuditAction.ERASE, "tenant", erased.tenant_id)
            spaces = [(it.key, it.dimension) for it in await session.scalars(face_queries.spaces())]
        await self._clear_indexes(spaces)
        await asyncio.to_thread(Aside(self.settings.uploads_folder).remove, erased.uploads)
        return await erase_blobs(self.db, self.blobs, erased)

    async def _clear_indexes(self, spaces: Sequence[tuple[str, int]]) -> None:
        """Have the indexes of all spaces forget what they hold; whoever asks next reads the database."""
        opened = self._recognition
        for key, dimension in spaces:
            if opened is not None and opened.engine.space.key == key:
                await opened.rebuild()
                continue
            index = await asyncio.to_thread(self.indexes.hold, key, dimension)
            try:
                await asyncio.to_thread(index.clear)
                await asyncio.to_thread(index.persist)
            finally:
                await asyncio.to_thread(index.close)

    def enrolment(self, who: Principal) -> Enrolment:
        return Enrolment(
            self.db, self.clock, who, blobs=self.blobs, sources=self.sources, recognition=self.recognition,
            decoding=self.working, config=self._analysis,
        )  # fmt: skip

    @property
    def filling(self) -> FillingParts:
        """What galleries that are shared are filled with."""
        return FillingParts(self.db, self.clock, self.blobs, self.sources, self.decoding, self.limits)

    @property
    def ending(self) -> Ending:
        return Ending(self.db, self.clock, self.blobs, self.recognition)

    @property
    def tagging(self) -> Parts:
        """What the faces of images are tagged with."""
        fetch = FetchLimits(max_bytes=self.settings.limits.upload_bytes, total_seconds=_FETCH_SECONDS)
        return Parts(
            self.db, self.clock, self.blobs, self.sources, self.fetcher, self.decoding, self.recognition,
            self.limits, self.settings.engine.max_side_px, fetch,
        )  # fmt: skip

    async def recognise_waiting(
        self, who: Principal, threshold: float = RECOGNISED, limit: int = MAX_WAITING
    ) -> BatchDone:
        """Compare faces of images that are nobody's with the people there are."""
        identity = self.settings.identity
        rule = BatchRule(threshold, limit, identity.neighbours, identity.seed_quality)
        return await recognise_waiting(self.tagging, who, rule)

    def runner(self) -> Runner:
        """The worker of this process."""
        identity = self.settings.identity
        analyse = AnalysePhotos(
            self.db, self.blobs, self.clock, sources=self.sources, recognition=self.recognition_for_jobs,
            decoding=self.working, config=self._analysis,
        )  # fmt: skip
        identify = IdentifyFaces(
            self.db, self.clock, self.recognition_for_jobs,
            IdentifyConfig(
                self.thresholds, neighbours=identity.neighbours,
                strangers=identity.strangers, group_size=identity.group_size, cohesion=identity.cohesion,
            ),
        )  # fmt: skip
        train = Train(self.db, self.clock, self.recognise_waiting)
        preview = PreviewPack(
            self.db, self.blobs, self.clock, sources=self.sources, engines=self.engines,
            decoding=self.working, networks=self.networks,
            config=PreviewConfig(self._analysis, self.thresholds, identity.neighbours),
        )  # fmt: skip
        handlers = {ANALYSE: analyse, IDENTIFY: identify, TRAIN: train, PREVIEW: preview}
        return Runner(self.db, self.clock, handlers, self.liveness, self.runner_config(_LANES))

    def intake(self) -> Intake:
        return Intake(
            self.blobs, self.clock, recognition=self.recognition_for_jobs, decoding=self.working,
            config=self._analysis,
        )  # fmt: skip

    @property
    def fetch_limits(self) -> FetchLimits:
        """The limits of pictures that are fetched."""
        return FetchLimits(self.settings.limits.upload_bytes, self.settings.fetch.seconds)

    def runner_config(self, lanes: int) -> RunnerConfig:
        it = self.settings.worker
        return RunnerConfig(it.lease_seconds, it.attempts, it.deaths, it.poll_seconds, lanes)

    def ingest(self, who: Principal) -> Ingest:
        return Ingest(
            self.db, self.clock, who, sources=self.sources, decoding=self.decoding, config=self._analysis,
            stream=self.stream,
        )  # fmt: skip

    def open_stream(self) -> RedisStream | None:
        """The stream that single pictures come through, as a client of its own; None without Redis."""
        return _open_stream(self.settings, self.gatherer_liveness.worker)

    async def close(self) -> None:
        await self.pulses.close()
        self._let_go()
        if self._closing:
            await asyncio.wait(self._closing)
        await self.keyring.close()
        await self.limiter.close()
        if self.stream is not None:
            await self.stream.close()
        for pool in self.pools:
            await pool.close()
        self.engines.close()
        await self.db.close()
        self.liveness.close()
        self.courier_liveness.close()
        self.gatherer_liveness.close()

    @property
    def pools(self) -> tuple[Offload, ...]:
        return self.decoding, self.working, self.networks, self.compute

    async def _is_in_use(self, opened: Recognition) -> bool:
        """Whether the library uses this pack, or none yet; another process may have chosen one since."""
        async with self.db.read() as session:
            active = await session.scalar(face_queries.active_space())
        return active is None or active.key == opened.engine.space.key

    def _take_up(self, opened: Recognition) -> None:
        self._let_go()
        self._recognition = opened

    def _let_go(self) -> None:
        """Close what was opened, in the background: calls that are under way come to their end."""
        opened, self._recognition = self._recognition, None
        if opened is not None:
            opened.door.close()
            closing = asyncio.create_task(opened.close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def _open(self, pack_id: str, *, is_choice: bool = False) -> Recognition:
        engine = await self.engines.open(pack_id)
        async with self.db.write() as session:
            active = await session.scalar(face_queries.active_space())
            if active is not None and active.key != engine.space.key and not is_choice:
                raise EmbeddingSpaceMismatch(
                    f"the pack {pack_id} has changed; `kith packs use {pack_id}` analyses the library anew"
                )
            row = await space_row(session, self.clock, engine.space)
        index = await asyncio.to_thread(self.indexes.open, engine.space.key, engine.space.dimension)
        return Recognition(engine, row.id, index, self.db, self.networks, self.compute)

    @property
    def indexes(self) -> Indexes:
        url = self.db.url.set(drivername="postgresql")
        dsn = None if self.db.is_sqlite else url.render_as_string(hide_password=False)
        return Indexes(self.settings.index_folder, dsn, self.settings.index.device)


def _open_stream(settings: Settings, consumer: str) -> RedisStream | None:
    it = settings.ingest
    return RedisStream(settings.redis.url, it.stream, it.group, consumer) if settings.redis.url else None


@asynccontextmanager
async def open_runtime(
    settings: Settings, *, clock: Clock | None = None, progress: Progress = lambda _: None
) -> AsyncGenerator[Runtime]:
    """Open the database (bringing its schema up to date), the blobs and the pools; close them at the end."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        liveness = Liveness(settings.locks_folder)
        courier_liveness = Liveness(settings.locks_folder)
        gatherer_liveness = Liveness(settings.locks_folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageUnavailable(f"the data folder {settings.data} cannot be used: {reason}") from error
    db = Database(settings.database_url)
    limits, key, clock = settings.limits, settings.auth.api_key, clock or SystemClock()
    keyring = Keyring(db, clock, revealed(key))
    packs = PackStore(settings.packs_folder)
    runtime = Runtime(
        settings=settings, db=db, blobs=Blobs.open(settings.blobs.url or settings.data / "blobs"),
        clock=clock, packs=packs, engines=_engines(settings, packs, progress), liveness=liveness,
        keyring=keyring, signer=Signer(db, clock), sign_ins=SignIns(db, clock, keyring),
        pulses=Pulses(db),
        limiter=RedisLimiter(settings.redis.url) if settings.redis.url else MemoryLimiter(),
        sources=Sources.open(settings.sources.url),
        courier_liveness=courier_liveness, gatherer_liveness=gatherer_liveness,
        stream=_open_stream(settings, gatherer_liveness.worker),
        fetcher=Fetcher(settings.fetch.allowed_private),
        sealer=Sealer(revealed(settings.webhooks.key)),
        decoding=Offload(limits.concurrent_images, limits.waiting_images, "decoding"),
        working=Offload(os.cpu_count() or 1, 2 * settings.worker.batch + GATHERING, "working"),
        networks=Offload(settings.engine.slots, limits.waiting_images, "networks"),
        compute=Offload(_COMPUTE_SLOTS, limits.waiting_images, "compute"), progress=progress,
    )  # fmt: skip
    try:
        await upgrade(db)
        yield runtime
    finally:
        await runtime.close()


def _engines(settings: Settings, packs: PackStore, progress: Progress) -> Engines:
    it = settings.engine
    return Engines(packs, SessionOptions(it.threads, it.providers), progress, it.url, revealed(it.key))
