"""Photos per second of a whole import, and how much of it is the engine's own time.

    python bench/import.py PHOTOS… [--pack mobile --pack dlib] [--models FOLDER] [--json]

In one run and on the same files: decoding and the networks alone, in the worker's batches, then the
import end to end (find, hash, register, decode, detect, embed, store, match, group). `engine share` is
the first over the second: what is left is Kith's own cost.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kith.accounts.principal import Principal
from kith.engine.base import FaceEngine
from kith.engine.image import decode
from kith.errors import AppError
from kith.people.reading import read_statistics
from kith.photos.folders import find_files
from kith.runtime import Runtime, open_runtime
from kith.settings import EngineSettings, Settings

COLUMNS = ("pack", "photos", "faces", "engine_s", "import_s", "photos_per_s", "engine_share")


def engine_alone(engine: FaceEngine, files: Sequence[Path], batch: int, max_side_px: int) -> float:
    """Seconds to decode and analyse the files that can be decoded, and nothing else."""
    started = time.perf_counter()
    for start in range(0, len(files), batch):
        images = []
        for path in files[start : start + batch]:
            try:
                images.append(decode(path.read_bytes(), max_side_px=max_side_px))
            except AppError:
                continue
        engine.analyse(images)
    return time.perf_counter() - started


async def whole_import(runtime: Runtime, files: Sequence[Path]) -> float:
    started = time.perf_counter()
    await runtime.importer(Principal()).run(files, copy=False, progress=lambda _: None)
    await runtime.runner().drain(Principal().tenant_id)
    return time.perf_counter() - started


async def measure(pack: str, files: Sequence[Path], models: Path | None) -> dict[str, str | float]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), engine=EngineSettings(pack=pack))
        async with open_runtime(settings) as runtime:
            if models is not None:
                runtime.packs.install(str(models), accept_license=True)
            engine = (await runtime.recognition()).engine
            engine_alone(engine, files[:4], 4, 640)  # the first run of a network is slower
            alone = engine_alone(engine, files, settings.worker.batch, settings.engine.max_side_px)
            whole = await whole_import(runtime, files)
            async with runtime.db.read() as session:
                statistics = await read_statistics(session, Principal())
    photos, faces = sum(statistics.photos.values()), sum(statistics.faces.values())
    row = (
        pack,
        photos,
        faces,
        round(alone, 2),
        round(whole, 2),
        round(photos / whole, 1),
        round(alone / whole, 3),
    )
    return dict(zip(COLUMNS, row, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("--pack", action="append", default=None)
    parser.add_argument("--models", type=Path, help="a folder with the networks of the packs to install")
    parser.add_argument("--limit", type=int, help="take only the first so many files")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    files = [found.path for found in find_files(options.photos) if found.error is None][: options.limit]
    rows = [asyncio.run(measure(pack, files, options.models)) for pack in options.pack or ["dlib"]]
    if options.json:
        print(json.dumps(rows))
        return
    table = Table(*COLUMNS, title="Import, end to end")
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
