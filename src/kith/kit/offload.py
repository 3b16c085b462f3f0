"""The only bridge from the event loop to blocking work: bounded slots, a bounded queue, a drain."""

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import ParamSpec, TypeVar

from kith.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spent:
    """How often a function has run and how long in all, waiting not counted."""

    calls: int = 0
    seconds: float = 0.0


class Offload:
    """Runs functions on `slots` threads; more than `waiting` queued calls are refused with Busy.

    A call that started always runs to its end: cancelling the awaiting task abandons the result only.
    """

    def __init__(self, slots: int, waiting: int, name: str = "offload") -> None:
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix=name)
        self._free = slots + waiting
        self._spent: dict[str, Spent] = {}
        self._lock = Lock()
        self.name = name
        self.depth = 0

    @property
    def spent(self) -> Mapping[str, Spent]:
        """What each function has taken since the start, by its name."""
        with self._lock:
            return dict(self._spent)

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        if self.depth >= self._free:
            raise Busy(f"all {self.name} slots are taken")

        def timed() -> T:
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self._account(function.__name__, time.perf_counter() - start)

        self.depth += 1
        call = asyncio.get_running_loop().run_in_executor(self._pool, timed)
        call.add_done_callback(self._release)
        return await asyncio.shield(call)

    async def close(self) -> None:
        """Wait for what runs or waits, then stop the threads."""
        await asyncio.to_thread(self._pool.shutdown, wait=True)

    def _account(self, name: str, seconds: float) -> None:
        with self._lock:
            before = self._spent.get(name, Spent())
            self._spent[name] = Spent(before.calls + 1, before.seconds + seconds)

    def _release(self, call: asyncio.Future[T]) -> None:
        self.depth -= 1
        if not call.cancelled():
            call.exception()  # retrieved here, for a caller that was cancelled never will
