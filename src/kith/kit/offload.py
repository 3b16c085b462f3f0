"""The only bridge from the event loop to blocking work: bounded slots, a bounded queue, a drain."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from kith.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")


class Offload:
    """Runs functions on `slots` threads; more than `waiting` queued calls are refused with Busy.

    A call that started always runs to its end: cancelling the awaiting task abandons the result only.
    """

    def __init__(self, slots: int, waiting: int, name: str = "offload") -> None:
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix=name)
        self._free = slots + waiting
        self.name = name
        self.depth = 0

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        if self.depth >= self._free:
            raise Busy(f"all {self.name} slots are taken")
        self.depth += 1
        call = asyncio.get_running_loop().run_in_executor(self._pool, lambda: function(*args, **kwargs))
        call.add_done_callback(self._release)
        return await asyncio.shield(call)

    async def close(self) -> None:
        """Wait for what runs or waits, then stop the threads."""
        await asyncio.to_thread(self._pool.shutdown, wait=True)

    def _release(self, call: asyncio.Future[T]) -> None:
        self.depth -= 1
        if not call.cancelled():
            call.exception()  # retrieved here, for a caller that was cancelled never will
