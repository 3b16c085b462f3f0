"""The job `identify`: new faces are matched against known people, the others grouped.

Reading and thinking happen outside any write transaction; what comes of it is written in one, and only
to faces that no human has decided about in the meantime.
"""

from collections.abc import Awaitable, Callable, Sequence

from kith.errors import AppError
from kith.faces.recognition import Recognition
from kith.faces.tasks import identify_job
from kith.jobs.service import Jobs
from kith.jobs.tables import Job
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.people.identification.plan import IdentifyConfig
from kith.people.identification.thinking import think
from kith.people.identification.writing import Writing

__all__ = ["IdentifyConfig", "IdentifyFaces"]


class IdentifyFaces:
    """Handler of `identify` jobs; the queue runs at most one at a time for each tenant."""

    batch = 1

    def __init__(
        self,
        db: Database,
        clock: Clock,
        recognition: Callable[[], Awaitable[Recognition]],
        config: IdentifyConfig,
    ) -> None:
        self._db = db
        self._clock = clock
        self._recognition = recognition
        self._config = config

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        recognition = await self._recognition()
        for job in jobs:
            tenant_id = job.payload["tenant_id"]
            async with self._db.read() as session:
                plan = await think(recognition, session, tenant_id, self._config)
            async with self._db.write() as session:
                await Writing(session, self._clock, tenant_id).write(plan)
                queue = Jobs(session, self._clock)
                await queue.finish(worker, [job])
                if plan.is_partial:
                    await queue.add(tenant_id, [identify_job(tenant_id)])

    async def ready(self) -> None:
        await self._recognition()

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        """Nothing to mark: the faces go on waiting, and the next job takes them up."""
