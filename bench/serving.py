"""How fast Kith answers over HTTP: lists of a large library, and a search by a selfie.

    python bench/serving.py [--photos 100000] [--requests 200] [--gallery 10000] [--shared ../shared]
                         [--database sqlite --database postgresql] [--json]

*Lists*: every kind of list of the core surface on a library of `--photos` photos with three faces each, the
target being 20 ms (p50) and 60 ms (p99); requests follow one another. *Selfie*: a photo of a person is found
and embedded (POST /recognize), and its face looked for (POST /search), in a library of `--gallery` photos;
beside it the same work called in this process, without HTTP, by as many threads. The target is 1.2 times the
engine (p50), 2 times (p99) at four clients. The server is `kith serve` in a process of its own.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np

from bench.library import make_library
from bench.report import Row, parser_for, show
from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.engine.base import FaceEngine
from kith.engine.image import decode
from kith.engine.packs import PackStore
from kith.index.base import Scope, VectorIndex
from kith.kit.db import Database
from kith.kit.db.database import sqlite_url
from kith.migrations import upgrade
from kith.runtime import open_runtime
from kith.setting_groups import DatabaseSettings
from kith.settings import Settings
from tests.support.client import LiveServer, live_server
from tests.support.postgres import create_database

P50_MS, P99_MS = 20.0, 60.0
SELFIE = "alex_lacamoire/alex_lacamoire_348e0a70.jpg"  # 874 x 1200
CLIENTS = (1, 4)


def paths(faces: int, persons: int) -> dict[str, Callable[[np.random.Generator], str]]:
    """A path of each kind of list, drawn anew for each request."""

    def one(count: int, rng: np.random.Generator) -> int:
        return int(rng.integers(1, count + 1))

    return {
        "/persons": lambda _: "/persons",
        "/persons, 1,000 at once": lambda _: "/persons?limit=1000",
        "/persons, the last page": lambda _: f"/persons?skip={max(0, persons - 100)}",
        "/persons/{id}": lambda rng: f"/persons/{one(persons, rng)}",
        "/persons/{id}/faces": lambda rng: f"/persons/{one(persons, rng)}/faces",
        "/faces": lambda _: "/faces",
        "/faces, 1,000 at once": lambda _: "/faces?limit=1000",
        "/faces, somewhere": lambda rng: f"/faces?skip={one(faces, rng)}",
        "/faces, 20 ids": lambda rng: "/faces?ids=" + ",".join(str(one(faces, rng)) for _ in range(20)),
        "/faces of a person": lambda rng: f"/faces?person_id={one(persons, rng)}",
        "/faces/{id}": lambda rng: f"/faces/{one(faces, rng)}",
        "/stats": lambda _: "/stats",
    }


def settings_for(folder: Path, packs: Path, database: str) -> Settings:
    (folder / "packs").symlink_to(packs, target_is_directory=True)
    url = create_database() if database == "postgresql" else None
    return Settings(data=folder, database=DatabaseSettings(url=url))


async def fill(settings: Settings, engine: FaceEngine, photos: int) -> None:
    db = Database(settings.database.url or sqlite_url(settings.data / "kith.db"))
    await upgrade(db)
    await make_library(db, engine.space, photos)
    await db.close()


@contextmanager
def serving(settings: Settings) -> Iterator[LiveServer]:
    environment = {"KITH_DATA": str(settings.data), "KITH_LIMITS__WAITING_IMAGES": "64"}
    if settings.database.url:
        environment["KITH_DATABASE__URL"] = settings.database.url
    with live_server(environment) as server:
        yield server


def lists(settings: Settings, database: str, photos: int, requests: int) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    with serving(settings) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        persons = client.get("/stats").raise_for_status().json()["total_persons"]
        for name, path in paths(photos * 3, persons).items():
            sizes, times = [], []
            client.get(path(rng)).raise_for_status()
            for _ in range(requests):
                asked = path(rng)
                start = time.perf_counter()
                answer = client.get(asked)
                times.append((time.perf_counter() - start) * 1e3)
                sizes.append(len(answer.raise_for_status().content))
            p50, p99 = np.quantile(times, (0.5, 0.99))
            yield {
                "list": name, "on": database, "within target": p50 <= P50_MS and p99 <= P99_MS,
                "p50 ms": round(float(p50), 2), "p99 ms": round(float(p99), 2),
                "kB": round(float(np.mean(sizes)) / 1e3, 1), "server MB": resident(server),
            }  # fmt: skip


def resident(server: LiveServer) -> int:
    """Megabytes the server holds."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1024


def in_parallel(work: Callable[[int], None], clients: int, requests: int) -> np.ndarray:
    """Milliseconds of each of `requests` pieces of work, done by `clients` at once."""

    def timed(number: int) -> float:
        start = time.perf_counter()
        work(number)
        return (time.perf_counter() - start) * 1e3

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(timed, range(clients * 2)))
        return np.array(list(pool.map(timed, range(requests))))


def selfies(
    settings: Settings, engine: FaceEngine, index: VectorIndex, picture: bytes, requests: int
) -> Iterator[Row]:
    def alone(_: int) -> None:
        (faces,) = engine.analyse([decode(picture, max_side_px=settings.engine.max_side_px)])
        index.search(faces.embeddings[:1], Scope(DEFAULT_TENANT_ID), 10, 0.6)

    engine_ms = {clients: in_parallel(alone, clients, requests) for clients in CLIENTS}
    with serving(settings) as server, httpx.Client(base_url=server.url, timeout=60) as client:

        def over_http(_: int) -> None:
            files = {"file": ("selfie.jpg", picture)}
            seen = client.post("/recognize", files=files, data={"min_confidence": "0.5"}).raise_for_status()
            face = seen.json()["faces"][0]["embedding"]
            client.post("/search", json={"embedding": face}).raise_for_status()

        for clients in CLIENTS:
            http = in_parallel(over_http, clients, requests)
            p50, p99 = (
                np.quantile(http, share) / np.quantile(engine_ms[clients], share) for share in (0.5, 0.99)
            )
            yield {
                "clients": clients, "p50, times engine": round(float(p50), 2),
                "p99, times engine": round(float(p99), 2),
                "within target": p50 <= 1.2 and p99 <= 2,
                "engine p50 ms": float(np.median(engine_ms[clients])), "HTTP p50 ms": float(np.median(http)),
                "HTTP p99 ms": float(np.quantile(http, 0.99)), "a second": 1e3 * clients / float(http.mean()),
                "server MB": resident(server),
            }  # fmt: skip


async def filled_index(settings: Settings) -> tuple[VectorIndex, float]:
    """The index, filled from the database as at the first search, and the seconds that took."""
    async with open_runtime(settings) as runtime:
        recognition = await runtime.recognition()
        start = time.perf_counter()
        await recognition.catch_up()
        seconds = time.perf_counter() - start
        await asyncio.to_thread(recognition.index.persist)
        index = runtime.open_index(recognition.engine.space.key, recognition.index.dimension)
        return index, seconds


def main() -> None:
    parser = parser_for(__doc__)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--gallery", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    os.environ.setdefault("KITH_LOGS__LEVEL", "ERROR")
    found: dict[str, list[Row]] = {"Lists": [], "A selfie": []}
    with tempfile.TemporaryDirectory() as folder:
        packs = Path(folder) / "packs"
        store = PackStore(packs)
        store.install(str(options.shared / "models"))
        engine = store.open("mobile")
        for database in options.database or ["sqlite", "postgresql"]:
            data = Path(folder) / database
            data.mkdir()
            settings = settings_for(data, packs, database)
            asyncio.run(fill(settings, engine, options.photos))
            found["Lists"] += lists(settings, database, options.photos, options.requests)
        data = Path(folder) / "gallery"
        data.mkdir()
        settings = settings_for(data, packs, "sqlite")
        asyncio.run(fill(settings, engine, options.gallery))
        index, _ = asyncio.run(filled_index(settings))
        picture = (options.shared / "data" / "identities" / SELFIE).read_bytes()
        found["A selfie"] += selfies(settings, engine, index, picture, options.requests)
        index.close()
    show(found, as_json=options.json)


if __name__ == "__main__":
    main()
