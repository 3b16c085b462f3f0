"""A whole import beside a loop over face_recognition, and how much of it is the engine's own time.

    python bench/import.py PHOTOS… [--pack mobile --pack dlib] [--models FOLDER] [--every N] [--json]

All on the same files in one run, each way in a process of its own:

- the import end to end: find, hash, register, decode, detect, embed, quality, thumbnail,
  perceptual hash, store, match, group;
- decoding and the networks alone, in the worker's batches. `engine share` is their processor time over
  that of the whole import: what is left is Kith's own cost;
- the loop: for each file what face_recognition does by default (see peers.py), and nothing is kept.

`times` is how many times as fast as the loop by the clock, `times cpu` by processor time, which tells what
the work costs whatever the number of cores; `times a face` is by the clock again, for each face found. The
second table has the time that each stage was at work.
"""

import argparse
import asyncio
import multiprocessing
import resource
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Stopwatch, Took
from bench.peers import Dlib
from bench.report import Row, parser_for, show
from kith.accounts.principal import Principal
from kith.engine.base import FaceEngine
from kith.engine.image import decode
from kith.errors import AppError
from kith.people.reading import read_statistics
from kith.photos.folders import find_files
from kith.runtime import Runtime, open_runtime
from kith.setting_groups import EngineSettings
from kith.settings import Settings

WARM_UP = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """One way over all files; `engine` and `stages` (seconds by name) are an import's only."""

    way: str
    photos: int
    faces: int
    whole: Took
    peak_memory_mb: int
    engine: Took | None = None
    stages: tuple[tuple[str, int, float], ...] = ()


def peak_memory_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def face_recognition(files: Sequence[Path]) -> Measured:
    dlib, faces, photos = Dlib(), 0, 0
    watch = Stopwatch()
    for path in files:
        try:
            faces += dlib.face_recognition(path)
            photos += 1
        except OSError:  # what Pillow raises on what it cannot read
            continue
    return Measured("face_recognition", photos, faces, watch.stop(), peak_memory_mb())


def engine_alone(engine: FaceEngine, files: Sequence[Path], batch: int, max_side_px: int) -> Took:
    """Decode and analyse the files that can be decoded, and nothing else."""
    watch = Stopwatch()
    for start in range(0, len(files), batch):
        images = []
        for path in files[start : start + batch]:
            try:
                images.append(decode(path.read_bytes(), max_side_px=max_side_px))
            except AppError:
                continue
        engine.analyse(images)
    return watch.stop()


async def whole_import(runtime: Runtime, files: Sequence[Path]) -> Took:
    watch = Stopwatch()
    await runtime.importer(Principal()).run(files, copy=False, progress=lambda _: None)
    await runtime.runner().drain(Principal().tenant_id)
    return watch.stop()


def kith(pack: str, files: Sequence[Path], models: Path | None) -> Measured:
    return asyncio.run(_kith(pack, files, models))


async def _kith(pack: str, files: Sequence[Path], models: Path | None) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), engine=EngineSettings(pack=pack))
        async with open_runtime(settings) as runtime:
            if models is not None:
                runtime.packs.install(str(models), accept_license=True)
            engine = (await runtime.recognition()).engine
            batch, max_side_px = settings.worker.batch, settings.engine.max_side_px
            engine_alone(engine, files[:WARM_UP], batch, max_side_px)  # the first run of a network is slower
            whole = await whole_import(runtime, files)
            memory = peak_memory_mb()
            alone = engine_alone(engine, files, batch, max_side_px)
            stages = [
                (f"{pool.name}: {name}", spent.calls, spent.seconds)
                for pool in runtime.pools
                for name, spent in pool.spent.items()
            ]
            async with runtime.db.read() as session:
                statistics = await read_statistics(session, Principal())
    photos, faces = sum(statistics.photos.values()), sum(statistics.faces.values())
    return Measured(f"kith {pack}", photos, faces, whole, memory, alone, tuple(stages))


def alone_in_a_process(work: Callable[..., Measured], *arguments: object) -> Measured:
    """So that neither memory nor threads of one way are the next one's."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def row(it: Measured, peer: Measured | None) -> Row:
    return {
        "way": it.way,
        "times": peer.whole.seconds / it.whole.seconds if peer else "",
        "times cpu": peer.whole.cpu_s / it.whole.cpu_s if peer else "",
        "times a face": peer.whole.seconds / it.whole.seconds * it.faces / peer.faces if peer else "",
        "engine share": it.engine.cpu_s / it.whole.cpu_s if it.engine else "",
        "photos": it.photos,
        "faces": it.faces,
        "photos per s": it.photos / it.whole.seconds,
        "seconds": it.whole.seconds,
        "cpu s": it.whole.cpu_s,
        "engine s": it.engine.seconds if it.engine else "",
        "engine cpu s": it.engine.cpu_s if it.engine else "",
        "memory MB": it.peak_memory_mb,
    }


def stage_rows(measured: Sequence[Measured]) -> list[Row]:
    """Stages side by side at work on several cores: their times add up to more than the import's."""
    rows: list[Row] = []
    for it in measured:
        total = sum(seconds for _, _, seconds in it.stages)
        for name, calls, seconds in sorted(it.stages, key=lambda stage: -stage[2]):
            share = seconds / total
            rows.append({"way": it.way, "stage": name, "share": share, "seconds": seconds, "calls": calls})
    return rows


def main() -> None:
    parser = parser_for(__doc__)
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("--pack", action="append", default=None)
    parser.add_argument("--models", type=Path, help="a folder with the networks of the packs to install")
    parser.add_argument("--every", type=int, default=1, help="take only every n-th file")
    parser.add_argument("--no-peer", action="store_true", help="leave the loop over face_recognition out")
    options = parser.parse_args()
    measured = measure(options)
    show({"Import, end to end": table(measured), "At work": stage_rows(measured)}, as_json=options.json)


def measure(options: argparse.Namespace) -> list[Measured]:
    files = [found.path for found in find_files(options.photos) if found.error is None][:: options.every]
    measured = [alone_in_a_process(kith, pack, files, options.models) for pack in options.pack or ["dlib"]]
    return measured if options.no_peer else [*measured, alone_in_a_process(face_recognition, files)]


def table(measured: Sequence[Measured]) -> list[Row]:
    peer = next((it for it in measured if it.engine is None), None)
    return [row(it, peer) for it in measured]


if __name__ == "__main__":
    main()
