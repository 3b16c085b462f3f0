"""The three face services under load: sessions, galleries and vectors, indexed and searched at once.

    python bench/services.py [--seconds 20] [--indexers 2] [--searchers 2] [--photos 60]
                             [--shared ../shared] [--postgresql] [--json]

Each service has a library and a server (`kith serve`, a process of its own) to itself. Its clients index
alone, then search alone, then both at once, `--seconds` each; then all three services do both on one server.
`times alone` is what a call takes beside others, as a multiple of what it takes alone: that carries over to
other machines. Each picture is a new one: a portrait with some bytes behind its end.

An answer that is no success, does not come, or misses the person the picture shows, is an error; any makes
the exit code 1. So is a refusal as busy, which many clients may get by right (`KITH_LIMITS__WAITING_IMAGES`).
The clients, and the site the galleries' pictures are fetched from, take their share of the machine.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.clients import KNOWN, Calls, Galleries, Measured, Missed, Portrait, Service, Sessions, Vectors
from bench.report import Row, parser_for, show
from kith.engine.packs import PackStore
from tests.support.client import LiveServer, live_server
from tests.support.http import local_site
from tests.support.identities import read_labels
from tests.support.postgres import create_database

_SHOWN_FAULTS = 5

Act = Callable[[], Awaitable[None]]


SERVICES: tuple[type[Service], ...] = (Sessions, Galleries, Vectors)


async def work(acts: Mapping[Act, int], seconds: float) -> None:
    """So many clients do each act again and again; calls that have begun are waited for."""
    end = time.perf_counter() + seconds

    async def client(act: Act) -> None:
        while time.perf_counter() < end:
            try:
                await act()
            except Missed:  # counted; a server that refuses at once is not to be asked without a pause
                await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        for act, clients in acts.items():
            for _ in range(clients):
                group.create_task(client(act))


@dataclass(frozen=True)
class Load:
    seconds: float
    indexers: int
    searchers: int

    async def measure(
        self, services: Sequence[Service], *, is_indexing: bool, is_searching: bool
    ) -> list[dict[str, Measured]]:
        """What the calls of each service took."""
        acts: dict[Act, int] = {}
        for it in services:
            it.calls.begin()
            acts |= {it.index: self.indexers} if is_indexing else {}
            acts |= {it.search: self.searchers} if is_searching else {}
        start = time.perf_counter()
        await work(acts, self.seconds)
        for it in services:
            for measured in it.calls.measured.values():
                measured.seconds = time.perf_counter() - start
        return [dict(it.calls.measured) for it in services]


@contextmanager
def served(folder: Path, packs: Path, sources: Path, database: str) -> Iterator[LiveServer]:
    """`kith serve` on an empty library, with no limits of how often one address may ask."""
    folder.mkdir()
    sources.mkdir(exist_ok=True)
    (folder / "packs").symlink_to(packs, target_is_directory=True)
    environment = {
        "KITH_DATA": str(folder), "KITH_SOURCES__URL": str(sources),
        "KITH_FETCH__ALLOWED_PRIVATE": json.dumps(["127.0.0.1"]),
        # What is measured is the service, not the limits it sets a tenant.
        "KITH_SURFACES__VECTORS__PER_SECOND": "100000",
        "KITH_SURFACES__VECTORS__BURST": "100000",
        "KITH_SURFACES__SESSIONS__INDEX_PER_MINUTE": "1000000",
        "KITH_SURFACES__SESSIONS__SEARCHES_PER_MINUTE": "1000000",
    }  # fmt: skip
    if database == "postgresql":
        environment["KITH_DATABASE__URL"] = create_database()
    with live_server(environment) as server:
        yield server


@asynccontextmanager
async def prepared(
    url: str, kinds: Sequence[type[Service]], portraits: Sequence[Portrait], sources: Path
) -> AsyncIterator[list[Service]]:
    limits = httpx.Limits(max_connections=None)
    with local_site() as site:
        async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
            services = [kind(Calls(client), portraits, site, sources) for kind in kinds]
            for it in services:
                await it.prepare()
            yield services


class Bench:
    """All runs on one database; `rows` are what the table shows."""

    def __init__(self, folder: Path, portraits: Sequence[Portrait], load: Load) -> None:
        self._folder = folder
        self._sources = folder / "sources"
        self._portraits = portraits
        self._load = load
        self.rows: list[Row] = []
        self.faults: Counter[str] = Counter()

    async def run(self, database: str) -> None:
        alone: dict[tuple[str, str], Measured] = {}
        for kind in SERVICES:
            with self._serving(f"{database}-{kind.name}", database) as server:
                async with prepared(server.url, [kind], self._portraits, self._sources) as services:
                    for is_indexing in (True, False):
                        (found,) = await self._load.measure(
                            services, is_indexing=is_indexing, is_searching=not is_indexing
                        )
                        alone |= {(kind.name, name): it for name, it in found.items()}
                        self._note(database, "alone", kind.name, found, alone)
                    (found,) = await self._load.measure(services, is_indexing=True, is_searching=True)
                    self._note(database, "both", kind.name, found, alone)
        with self._serving(f"{database}-all", database) as server:
            async with prepared(server.url, SERVICES, self._portraits, self._sources) as services:
                measured = await self._load.measure(services, is_indexing=True, is_searching=True)
                for kind, found in zip(SERVICES, measured, strict=True):
                    self._note(database, "all three", kind.name, found, alone)

    @contextmanager
    def _serving(self, name: str, database: str) -> Iterator[LiveServer]:
        """A server for one run; if calls failed, its own words go to stderr."""
        before = self.faults.total()
        with served(self._folder / name, self._folder / "packs", self._sources, database) as server:
            yield server
            _, _, said = server.stop()
        if self.faults.total() > before and said:
            print(said[-4000:], file=sys.stderr)

    def _note(
        self, database: str, beside: str, service: str, found: Mapping[str, Measured],
        alone: Mapping[tuple[str, str], Measured],
    ) -> None:  # fmt: skip
        for name, it in found.items():
            self.faults.update({f"{service}, {name}: {fault}": count for fault, count in it.faults.items()})
            base = alone.get((service, name), Measured())
            self.rows.append({
                "service": service, "call": name, "on": database, "load": beside, "errors": it.errors,
                "p50, times alone": ratio(it, base, 0.5),
                "p99, times alone": ratio(it, base, 0.99),
                "a second": len(it.ms) / it.seconds, "p50 ms": it.quantile(0.5),
                "p99 ms": it.quantile(0.99), "calls": len(it.ms),
            })  # fmt: skip


def ratio(it: Measured, base: Measured, share: float) -> float | None:
    """How many times as long a call takes; None where there was none to compare."""
    here, there = it.quantile(share), base.quantile(share)
    return here / there if here is not None and there is not None else None


def read_portraits(shared: Path, count: int) -> list[Portrait]:
    """A photo of each of so many people."""
    seen: set[str] = set()
    found: list[Portrait] = []
    for it in read_labels(shared / "data"):
        if it.person not in seen and not it.is_stranger:
            seen.add(it.person)
            found.append(Portrait(it.path.read_bytes()))
    return found[:count]


def main() -> None:
    parser = parser_for(__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--indexers", type=int, default=2)
    parser.add_argument("--searchers", type=int, default=2)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL, too")
    options = parser.parse_args()
    shared = options.shared.resolve()
    load = Load(options.seconds, options.indexers, options.searchers)
    with tempfile.TemporaryDirectory() as folder:
        PackStore(Path(folder) / "packs").install(str(shared / "models"))
        portraits = read_portraits(shared, max(options.photos, KNOWN + 1))
        bench = Bench(Path(folder), portraits, load)
        for database in ["sqlite", *(["postgresql"] if options.postgresql else [])]:
            asyncio.run(bench.run(database))
    show({"Face services under load": bench.rows}, as_json=options.json)
    for fault, count in bench.faults.most_common(_SHOWN_FAULTS):
        print(f"{count} times: {fault}", file=sys.stderr)
    sys.exit(1 if bench.faults else 0)


if __name__ == "__main__":
    main()
