"""Time and memory of a piece of work."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Took:
    """Time by the clock and of the processor, all cores together."""

    seconds: float
    cpu_s: float


class Stopwatch:
    """Runs from its making on."""

    def __init__(self) -> None:
        self._clock, self._cpu = time.perf_counter(), time.process_time()

    def stop(self) -> Took:
        return Took(time.perf_counter() - self._clock, time.process_time() - self._cpu)


@dataclass(frozen=True, slots=True)
class Best:
    """The least time of several passes, and the most memory they held beyond what was held before."""

    seconds: float
    cpu_s: float
    memory_mb: int

    @property
    def ms(self) -> float:
        return self.seconds * 1_000


def best(work: Callable[[], Result], passes: int = 4) -> tuple[Best, Result]:
    """The fastest of some passes, the first of which warms up: what the machine can do if left alone."""
    before = _start_of_peak()
    took: list[Took] = []
    while True:
        watch = Stopwatch()
        result = work()
        took.append(watch.stop())
        if len(took) >= passes:
            held = _status_mb("VmHWM") - before
            return Best(min(it.seconds for it in took), min(it.cpu_s for it in took), held), result


def _start_of_peak() -> int:
    """Have Linux forget the most memory this process has held; what it holds now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status_mb("VmRSS")


def _status_mb(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{field}:"))
