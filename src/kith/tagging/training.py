"""What clients call training. Kith learns a face the moment it is named: a run looks for everybody again."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from kith.accounts.principal import Principal
from kith.errors import AppError
from kith.galleries import queries as gallery_queries
from kith.galleries.errors import TrainingModeInvalid, TrainingNotFound
from kith.galleries.tables import TrainingRun
from kith.jobs.service import Jobs, NewJob
from kith.jobs.tables import Job
from kith.kit.clock import Clock
from kith.kit.db import Database, ReadSession, WriteSession
from kith.tagging import queries
from kith.tagging.batches import BatchDone
from kith.tagging.queries import Dataset

TRAIN = "train"
MODES = ("full", "incremental")


@dataclass(frozen=True, slots=True)
class DatasetCount:
    """People with enough verified faces, their faces, and how many people have too few."""

    people: int
    faces: int
    fewest: int
    most: int
    too_few: int


@dataclass(frozen=True, slots=True)
class History:
    runs: Sequence[TrainingRun]
    total: int


async def count_dataset(
    session: ReadSession | WriteSession, who: Principal, wanted: Dataset, min_faces: int
) -> DatasetCount:
    counts = [row[1] for row in await session.execute(queries.dataset(who, wanted))]
    enough = [count for count in counts if count >= min_faces]
    return DatasetCount(
        len(enough), sum(enough), min(enough, default=0), max(enough, default=0), len(counts) - len(enough)
    )


async def start_training(
    session: WriteSession, clock: Clock, who: Principal, mode: str, model_version: str, count: DatasetCount
) -> TrainingRun:
    """Record a run and queue it; raises TrainingModeInvalid."""
    if mode not in MODES:
        raise TrainingModeInvalid(f"the mode is full or incremental, not {mode[:50]!r}")
    run = TrainingRun(
        uuid=uuid4(), tenant_id=who.tenant_id, mode=mode, model_version=model_version, status="running",
        people_count=count.people, faces_count=count.faces, metrics={}, created_at=clock.now(),
        started_at=clock.now(),
    )  # fmt: skip
    session.add(run)
    await session.flush()
    await Jobs(session, clock).add(who.tenant_id, [NewJob(TRAIN, {"run_id": run.id})])
    return run


async def get_training(session: ReadSession, who: Principal, uuid: UUID) -> TrainingRun:
    """Raises TrainingNotFound."""
    run = await session.scalar(gallery_queries.training(who, uuid))
    if run is None:
        raise TrainingNotFound(f"there is no training session {uuid}")
    return run


async def list_trainings(session: ReadSession, who: Principal, *, limit: int, offset: int) -> History:
    """Newest first."""
    runs = await session.scalars(gallery_queries.trainings(who).offset(offset).limit(limit))
    return History(runs.all(), await session.scalar(gallery_queries.count_trainings(who)) or 0)


@dataclass(frozen=True, slots=True)
class Since:
    """The last full run, and how many faces were found and verified after it."""

    last: TrainingRun | None
    new_faces: int


async def since_training(session: ReadSession | WriteSession, who: Principal) -> Since:
    last = await session.scalar(gallery_queries.last_full_training(who))
    moment = last.completed_at if last is not None else None
    return Since(last, await session.scalar(queries.verified_since(who, moment)) or 0)


class Train:
    """Handler of `train` jobs: nobody's faces are compared with everybody who has a name, as of now."""

    batch = 1

    def __init__(
        self, db: Database, clock: Clock, recognise: Callable[[Principal], Awaitable[BatchDone]]
    ) -> None:
        self._db = db
        self._clock = clock
        self._recognise = recognise

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        for job in jobs:
            done = await self._recognise(Principal(job.tenant_id, actor="training"))
            async with self._db.write() as session:
                await Jobs(session, self._clock).finish(worker, [job])
                run = await session.scalar(gallery_queries.training_by_id(job.payload["run_id"]))
                if run is not None:
                    run.status, run.completed_at = "completed", self._clock.now()
                    run.metrics = {"processed": done.processed, "recognized": done.recognised}

    async def ready(self) -> None:
        return

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        run = await session.scalar(gallery_queries.training_by_id(job.payload["run_id"]))
        if run is not None:
            run.status, run.completed_at = "failed", self._clock.now()
            run.metrics = {"error": error.code if error is not None else "internal_error"}
