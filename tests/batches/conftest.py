"""A library with a tiny pack that gathers pictures from a site of this machine."""

import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from kith.accounts.principal import Principal
from kith.background import gatherer
from kith.batches import queries
from kith.batches.service import Batches, BatchReport, NewItem, get_batch, submit
from kith.batches.tables import Batch, BatchItem
from kith.kit.clock import Clock
from kith.photos.noting import Notes
from kith.photos.tables import Photo
from kith.runtime import Runtime, open_runtime
from kith.setting_groups import EngineSettings, FetchSettings
from kith.settings import Settings
from tests.support.clock import ManualClock
from tests.support.http import Site, local_site
from tests.support.tiny_library import tiny_settings

WHO = Principal()


@dataclass
class Desk:
    """Batches of a library, each call a transaction of its own."""

    runtime: Runtime
    clock: Clock

    async def create(self, *urls: str, who: Principal = WHO, **notes: Any) -> Batch:
        async with self.runtime.db.write() as session:
            return await Batches(session, who, self.clock).create([Notes(url) for url in urls], notes)

    async def submit(self, *items: NewItem, who: Principal = WHO, **notes: Any) -> Batch:
        return await submit(self.runtime.db, self.runtime.blobs, self.clock, who, items, notes)

    async def cancel(self, batch: Batch, who: Principal = WHO) -> Batch:
        async with self.runtime.db.write() as session:
            return await Batches(session, who, self.clock).cancel(batch.uuid.hex)

    async def report(self, batch: Batch, who: Principal = WHO) -> BatchReport:
        async with self.runtime.db.read() as session:
            return await get_batch(session, who, batch.uuid.hex)

    async def work(self, tenant_id: int = 1) -> None:
        await gatherer(self.runtime).drain(tenant_id)

    async def items(self, batch: Batch) -> Sequence[BatchItem]:
        async with self.runtime.db.read() as session:
            return (await session.scalars(queries.items(batch.id))).all()

    async def photos(self) -> Sequence[Photo]:
        async with self.runtime.db.read() as session:
            return (await session.scalars(select(Photo).order_by(Photo.id))).all()


class Gate:
    """An address that answers only when it is let."""

    def __init__(self, site: Site, path: str, body: bytes) -> None:
        self.asked, self.open = threading.Event(), threading.Event()
        self.url = site.serve(path, body)
        plain = site.answers[path]

        def answer(handler: BaseHTTPRequestHandler) -> None:
            self.asked.set()
            self.open.wait(60)
            plain(handler)

        site.answers[path] = answer


def gathering_settings(data: Path, url: str) -> Settings:
    """A tiny pack, and pictures may be fetched from this machine."""
    groups = {"fetch": FetchSettings(allowed_private=("127.0.0.1",)), "engine": EngineSettings(pack="tiny")}
    return tiny_settings(data, "tiny", url=url).model_copy(update=groups)


@pytest_asyncio.fixture
async def desk(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Desk]:
    """On SQLite and on PostgreSQL."""
    settings = gathering_settings(tmp_path / "data", database_url)
    async with open_runtime(settings, clock=clock) as runtime:
        yield Desk(runtime, clock)


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as site:
        yield site
