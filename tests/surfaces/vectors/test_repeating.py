"""Requests that come again under an idempotency key, on both databases and in several processes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from kith.app import create_app
from kith.background import courier
from kith.idempotency.service import EXPIRE_ANSWERS, expire
from kith.idempotency.tables import KeptAnswer
from kith.jobs.tables import Job
from kith.runtime import open_runtime
from tests.batches.conftest import gathering_settings
from tests.support.client import connected
from tests.support.clock import ManualClock
from tests.support.tiny_library import picture
from tests.surfaces.conftest import Library
from tests.surfaces.vectors.conftest import TENANT, ask
from tests.surfaces.vectors.test_faces import rows

ONE, TWO = picture((20, 20)), picture((10, 10), (10, 30))
HOUR = 3600
HOOK = {"url": "https://93.184.216.34/hook", "events": ["face.indexed", "batch.created"]}


@pytest_asyncio.fixture
async def tiny(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Library]:
    async for it in opened(database_url, tmp_path, clock):
        yield it


@pytest_asyncio.fixture
async def beside(
    tiny: Library, database_url: str, tmp_path: Path, clock: ManualClock
) -> AsyncIterator[Library]:
    """Another server over the same library, which knows of the first by the database only."""
    async for it in opened(database_url, tmp_path, clock):
        yield it


async def opened(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Library]:
    settings = gathering_settings(tmp_path / "data", database_url)
    async with (
        open_runtime(settings, clock=clock) as runtime,
        connected(create_app(settings, runtime)) as client,
    ):
        yield Library(client, runtime)


async def index(
    library: Library,
    data: bytes = ONE,
    key: str | None = "key",
    tenant: str = TENANT,
    path: str = "/index_face",
) -> httpx.Response:
    headers = {"idempotency-key": key} if key is not None else {}
    return await ask(library, "POST", path, tenant, files={"file": ("a.png", data)}, headers=headers)


async def create(library: Library, *urls: str, key: str = "key", **more: Any) -> httpx.Response:
    body = {"image_urls": urls, **more}
    return await ask(library, "POST", "/batch/index", json=body, headers={"idempotency-key": key})


class TestIndexing:
    async def test_is_done_once_and_answered_as_the_first_time(
        self, tiny: Library, clock: ManualClock
    ) -> None:
        assert (await ask(tiny, "POST", "/webhooks/register", json=HOOK)).status_code == 200
        first = await index(tiny)
        assert (first.status_code, first.json()["indexed"]) == (200, 1)
        before = await rows(tiny)
        clock.advance(5 * HOUR)
        again = await index(tiny, path="/api/index_face")
        assert (again.status_code, again.content) == (200, first.content)
        assert again.headers["x-ratelimit-limit"]
        assert await rows(tiny) == before
        assert (before["webhook_deliveries"], before["kept_answers"]) == (1, 1)

    async def test_looks_at_no_pixel_again(self, tiny: Library) -> None:
        await index(tiny)
        calls = tiny.runtime.networks.spent["analyse"].calls
        await index(tiny)
        assert tiny.runtime.networks.spent["analyse"].calls == calls

    async def test_another_picture_is_refused(self, tiny: Library) -> None:
        await index(tiny)
        before = await rows(tiny)
        other = await index(tiny, TWO)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        assert await rows(tiny) == before

    async def test_all_at_once_in_two_processes(self, tiny: Library, beside: Library) -> None:
        assert (await ask(tiny, "POST", "/webhooks/register", json=HOOK)).status_code == 200
        answers = await asyncio.gather(*(index(it) for it in (tiny, beside) * 3))
        assert Counter(it.status_code for it in answers) == {200: 6}
        assert len({it.content for it in answers}) == 1
        assert (await rows(tiny))["webhook_deliveries"] == 1

    async def test_two_pictures_at_once(self, tiny: Library, beside: Library) -> None:
        answers = await asyncio.gather(index(tiny, ONE), index(beside, TWO))
        assert sorted(it.status_code for it in answers) == [200, 422]
        assert (await rows(tiny))["photos"] == 1

    async def test_keys_are_the_tenants_own(self, tiny: Library) -> None:
        await index(tiny)
        other = await index(tiny, TWO, tenant="tenant-b")
        assert (other.status_code, other.json()["indexed"]) == (200, 2)

    async def test_what_was_refused_may_be_sent_again(self, tiny: Library) -> None:
        assert (await index(tiny, b"no picture")).status_code == 400
        assert (await index(tiny, ONE)).status_code == 200

    @pytest.mark.parametrize("key", ["", "k" * 256])
    async def test_what_is_no_key(self, tiny: Library, key: str) -> None:
        answer = await index(tiny, key=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")

    async def test_other_acts_know_no_keys(self, tiny: Library) -> None:
        for data in (ONE, TWO):
            for path in ("/search_face", "/compare_face"):
                assert (await index(tiny, data, path=path)).status_code == 200
        assert (await rows(tiny))["kept_answers"] == 0


class TestBatches:
    async def test_are_made_once(self, tiny: Library) -> None:
        assert (await ask(tiny, "POST", "/webhooks/register", json=HOOK)).status_code == 200
        urls = ("http://a.example/1", "http://a.example/2")
        first = await create(tiny, *urls, metadata={"a": 1, "b": 2})
        again = await create(tiny, *urls, metadata={"b": 2, "a": 1})
        assert (
            (again.status_code, again.content) == (first.status_code, first.content) == (200, first.content)
        )
        found = await rows(tiny)
        assert (found["batches"], found["webhook_deliveries"]) == (1, 1)

    async def test_of_other_pictures_are_refused(self, tiny: Library) -> None:
        await create(tiny, "http://a.example/1")
        for url, metadata in ("http://a.example/2", None), ("http://a.example/1", {"a": 1}):
            answer = await create(tiny, url, metadata=metadata)
            assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
        answer = await index(tiny)  # and a key is of one act
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
        assert (await rows(tiny))["batches"] == 1

    async def test_all_at_once_in_two_processes(self, tiny: Library, beside: Library) -> None:
        await create(tiny, "http://a.example/0", key="first")  # so that the tenant is there
        answers = await asyncio.gather(*(create(it, "http://a.example/1") for it in (tiny, beside) * 3))
        assert len({it.content for it in answers}) == 1
        assert (await rows(tiny))["batches"] == 2

    async def test_that_are_none_may_be_sent_again(self, tiny: Library) -> None:
        assert (await create(tiny)).status_code == 400
        assert (await create(tiny, "http://a.example/1")).status_code == 200


class TestTime:
    async def test_a_key_counts_for_a_day(self, tiny: Library, clock: ManualClock) -> None:
        await index(tiny)
        clock.advance(24 * HOUR - 1)
        assert (await index(tiny, TWO)).status_code == 422
        clock.advance(1)
        told = await index(tiny, TWO)
        assert (told.status_code, told.json()["indexed"]) == (200, 2)
        assert (await index(tiny, TWO)).content == told.content

    async def test_answers_go_by_themselves(self, tiny: Library, clock: ManualClock) -> None:
        await index(tiny, key="old")
        clock.advance(24 * HOUR)
        await index(tiny, key="new")
        async with tiny.runtime.db.write() as session:
            await expire(session, clock)
            assert set(await session.scalars(select(KeptAnswer.key))) == {"new"}
        await courier(tiny.runtime)
        async with tiny.runtime.db.read() as session:
            assert EXPIRE_ANSWERS in set(await session.scalars(select(Job.kind)))


async def test_nothing_of_a_picture_is_kept_with_its_key(tiny: Library) -> None:
    told = await index(tiny)
    async with tiny.runtime.db.read() as session:
        (row,) = await session.scalars(select(KeptAnswer))
    assert (row.key, len(row.request), row.answer.encode()) == ("key", 64, told.content)
