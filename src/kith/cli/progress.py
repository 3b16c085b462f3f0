"""Bars with rate and time left, on stderr; where that is no terminal only their last state is printed."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from kith.accounts.principal import Principal
from kith.faces.tasks import IDENTIFY
from kith.jobs.service import queue_counts
from kith.jobs.tables import JobState
from kith.photos.service import ANALYSE
from kith.runtime import Runtime

_LOOK_SECONDS = 0.25


class RateColumn(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed else "", style="progress.data.speed")


def bars(console: Console) -> Progress:
    """A context in which bars can be shown."""
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), RateColumn(),
        TimeRemainingColumn(elapsed_when_finished=True), console=console,
    )  # fmt: skip


class QueueBars:
    """The bars of the queue: how many photos are analysed, and whether faces are being identified.

    What is done is what has left the queue: other processes may add to it and work on it, too.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._total = 0
        self._done = 0
        self._analysis: TaskID | None = None
        self._identification: TaskID | None = None

    def expect(self, photos: int) -> None:
        """At least so many are analysed, though it went too quickly to be seen."""
        self._total = max(self._total, photos)

    def show(self, waiting: Mapping[str, int]) -> None:
        """`waiting` counts the jobs of each kind that are not done."""
        left = waiting.get(ANALYSE, 0)
        self._total = max(self._total, self._done + left)
        self._done = max(self._done, self._total - left)
        if self._total:
            if self._analysis is None:
                self._analysis = self._progress.add_task("Analysing", total=self._total)
            self._progress.update(self._analysis, total=self._total, completed=self._done)
        if waiting.get(IDENTIFY) and not left and self._identification is None:
            self._identification = self._progress.add_task("Identifying", total=None)

    def finish(self) -> None:
        self.show({})
        if self._identification is not None:
            self._progress.update(self._identification, total=1, completed=1)


async def jobs_waiting(runtime: Runtime, who: Principal) -> dict[str, int]:
    """The open jobs of each kind."""
    async with runtime.db.read() as session:
        counts = await queue_counts(session, who.tenant_id)
    waiting: dict[str, int] = {}
    for count in counts:
        if count.state != JobState.FAILED:
            waiting[count.kind] = waiting.get(count.kind, 0) + count.count
    return waiting


@asynccontextmanager
async def following(runtime: Runtime, who: Principal, shown: QueueBars) -> AsyncGenerator[None]:
    """Keep the bars of the queue up to date meanwhile."""

    async def follow() -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            shown.show(await jobs_waiting(runtime, who))

    shown.show(await jobs_waiting(runtime, who))
    task = asyncio.create_task(follow())
    try:
        yield
        shown.finish()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def drain(runtime: Runtime, who: Principal, console: Console) -> None:
    """Work until the queue is empty, here or elsewhere, and show how far it is.

    Jobs of processes that died are taken up first. Raises Unavailable, with the rest still queued.
    """
    runner = runtime.runner()
    await runner.recover()
    with bars(console) as progress:
        async with following(runtime, who, QueueBars(progress)):
            await runner.drain(who.tenant_id)
