"""The bridge to blocking work: its bounds, and what becomes of calls nobody waits for any more."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from kith.errors import Busy
from kith.kit.offload import Offload

WAIT_SECONDS = 20


class Gate:
    """Blocking work that says when it has started and goes on when let."""

    def __init__(self) -> None:
        self.started = threading.Semaphore(0)
        self.open = threading.Event()
        self.finished = 0
        self.most_at_once = 0
        self._inside = 0
        self._lock = threading.Lock()

    def work(self) -> str:
        with self._lock:
            self._inside += 1
            self.most_at_once = max(self.most_at_once, self._inside)
        self.started.release()
        opened = self.open.wait(WAIT_SECONDS)
        with self._lock:
            self._inside -= 1
            self.finished += 1
        assert opened
        return "done"

    async def until_started(self, calls: int) -> None:
        for _ in range(calls):
            assert await asyncio.to_thread(self.started.acquire, timeout=WAIT_SECONDS)


@pytest_asyncio.fixture
async def gate() -> AsyncIterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


@pytest_asyncio.fixture
async def offload(gate: Gate) -> AsyncIterator[Offload]:
    """Two slots and room for one to wait."""
    offload = Offload(slots=2, waiting=1, name="test")
    yield offload
    gate.open.set()
    await offload.close()


async def fill(offload: Offload, gate: Gate) -> list[asyncio.Task[str]]:
    """Two calls at work and one waiting."""
    tasks = [asyncio.create_task(offload.run(gate.work)) for _ in range(3)]
    await gate.until_started(2)
    return tasks


class TestRun:
    async def test_answers_with_what_the_function_returns(self, offload: Offload) -> None:
        assert await offload.run(divmod, 7, 2) == (3, 1)
        assert await offload.run(sorted, [1, 2], reverse=True) == [2, 1]

    async def test_runs_off_the_event_loop(self, offload: Offload) -> None:
        assert await offload.run(threading.get_ident) != threading.get_ident()

    async def test_raises_what_the_function_raises_and_frees_the_slot(self, offload: Offload) -> None:
        for _ in range(10):
            with pytest.raises(ValueError, match="invalid literal"):
                await offload.run(int, "x")
        assert offload.depth == 0

    async def test_no_more_at_once_than_slots(self, offload: Offload, gate: Gate) -> None:
        tasks = await fill(offload, gate)
        assert offload.depth == 3
        gate.open.set()
        assert await asyncio.gather(*tasks) == ["done"] * 3
        assert gate.most_at_once == 2

    async def test_more_than_may_wait_are_refused(self, offload: Offload, gate: Gate) -> None:
        tasks = await fill(offload, gate)
        with pytest.raises(Busy):
            await offload.run(gate.work)
        gate.open.set()
        await asyncio.gather(*tasks)
        assert await offload.run(gate.work) == "done"


class TestCancellation:
    async def test_what_has_started_runs_to_its_end(self, offload: Offload, gate: Gate) -> None:
        tasks = await fill(offload, gate)
        for task in tasks:
            task.cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(answer, asyncio.CancelledError) for answer in answers)
        gate.open.set()
        await offload.close()
        assert gate.finished == 3

    async def test_the_slot_is_taken_as_long_as_the_work_runs(self, offload: Offload, gate: Gate) -> None:
        tasks = await fill(offload, gate)
        tasks[0].cancel()
        await asyncio.wait([tasks[0]])
        with pytest.raises(Busy):
            await offload.run(gate.work)
        gate.open.set()
        await asyncio.gather(*tasks[1:])
        assert await offload.run(gate.work) == "done"

    async def test_a_failure_nobody_waits_for_makes_no_noise(self, offload: Offload, gate: Gate) -> None:
        noise: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: noise.append(context))

        def fail() -> None:
            gate.work()
            raise LookupError

        task = asyncio.create_task(offload.run(fail))
        await gate.until_started(1)
        task.cancel()
        await asyncio.wait([task])
        gate.open.set()
        await offload.close()
        assert noise == []


class TestClose:
    async def test_waits_for_what_runs_and_what_waits(self, offload: Offload, gate: Gate) -> None:
        tasks = await fill(offload, gate)
        closing = asyncio.create_task(offload.close())
        await asyncio.sleep(0)
        assert not closing.done()
        gate.open.set()
        await closing
        assert gate.finished == 3
        assert await asyncio.gather(*tasks) == ["done"] * 3


class TestSpent:
    async def test_counts_each_function_by_its_name(self, offload: Offload) -> None:
        await offload.run(divmod, 7, 2)
        await offload.run(divmod, 7, 3)
        with pytest.raises(ZeroDivisionError):
            await offload.run(divmod, 7, 0)
        assert offload.spent["divmod"].calls == 3
        assert offload.spent["divmod"].seconds >= 0
