"""A library with a tiny pack whose sources are a folder, with and without a stream in Redis."""

import io
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from kith.accounts.principal import Principal
from kith.background import consumer, gatherer
from kith.errors import AppError
from kith.ingest import queries
from kith.ingest.consumer import StreamConsumer
from kith.ingest.messages import Asked
from kith.ingest.service import Accepted
from kith.ingest.tables import IngestEntry
from kith.photos.tables import Photo
from kith.runtime import Runtime, open_runtime
from kith.setting_groups import (
    EngineSettings,
    FetchSettings,
    IngestSettings,
    RedisSettings,
    SourceSettings,
    WorkerSettings,
)
from kith.settings import Settings
from tests.support.clock import ManualClock
from tests.support.http import Site, local_site
from tests.support.redis import RedisServer, redis_server
from tests.support.tiny_library import picture, tiny_settings

WHO = Principal()
ONE, TWO, NOBODY = picture((20, 20)), picture((10, 10), (10, 30)), picture()


@dataclass
class Inlet:
    """What goes into a library, each call a transaction of its own."""

    runtime: Runtime
    consumers: list[StreamConsumer] = field(default_factory=list)

    def put(self, key: str, data: bytes, bucket: str = "raw-images") -> Asked:
        """An object in a bucket; the request that names it."""
        path = self.runtime.settings.data / "buckets" / bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return Asked(1_700_000_000, bucket, key)

    async def submit(self, *asked: Asked, who: Principal = WHO) -> list[Accepted | AppError]:
        return await self.runtime.ingest(who).submit(asked)

    async def accepted(self, *asked: Asked, who: Principal = WHO) -> list[Accepted]:
        done = await self.submit(*asked, who=who)
        assert all(isinstance(it, Accepted) for it in done), done
        return [it for it in done if isinstance(it, Accepted)]

    async def drain(self) -> None:
        """Do all that waits in the queue."""
        await gatherer(self.runtime).drain(1)

    def consumer(self) -> StreamConsumer:
        made = consumer(self.runtime)
        assert made is not None
        self.consumers.append(made)
        return made

    async def close(self) -> None:
        for it in self.consumers:
            await it.close()

    async def entries(self, who: Principal = WHO) -> Sequence[IngestEntry]:
        async with self.runtime.db.read() as session:
            return (await session.scalars(queries.listed(who))).all()

    async def photos(self) -> Sequence[Photo]:
        async with self.runtime.db.read() as session:
            return (await session.scalars(select(Photo).order_by(Photo.id))).all()


def inlet_settings(data: Path, url: str, **groups: Any) -> Settings:
    (data / "buckets").mkdir(parents=True)
    sources = SourceSettings(url=str(data / "buckets"))
    fetch, engine = FetchSettings(allowed_private=("127.0.0.1",)), EngineSettings(pack="tiny")
    groups = {"sources": sources, "fetch": fetch, "engine": engine, **groups}
    return tiny_settings(data, "tiny", url=url).model_copy(update=groups)


@pytest_asyncio.fixture
async def inlet(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Inlet]:
    """Through the queue; on SQLite and on PostgreSQL."""
    async with open_runtime(inlet_settings(tmp_path / "data", database_url), clock=clock) as runtime:
        yield Inlet(runtime)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


@pytest_asyncio.fixture
async def streaming(
    database_url: str, tmp_path: Path, clock: ManualClock, redis: RedisServer
) -> AsyncIterator[Inlet]:
    """Through a stream in Redis, whose consumers are taken for dead after a fifth of a second."""
    groups = {
        "redis": RedisSettings(url=redis.url), "ingest": IngestSettings(claim_seconds=0.2),
        "worker": WorkerSettings(embedded=False, poll_seconds=0.02),
    }  # fmt: skip
    settings = inlet_settings(tmp_path / "data", database_url, **groups)
    async with open_runtime(settings, clock=clock) as runtime:
        inlet = Inlet(runtime)
        yield inlet
        await inlet.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as site:
        yield site


def cut(data: bytes) -> bytes:
    return io.BytesIO(data).read(90)
