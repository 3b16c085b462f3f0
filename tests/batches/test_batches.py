"""A batch from its submission to its end, over a real connection, on both databases."""

import asyncio
import json
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from kith.accounts.principal import Principal
from kith.audit.tables import AuditEntry
from kith.background import gatherer
from kith.batches.errors import BatchEmpty, BatchEnded, BatchNotFound, BatchTooLong
from kith.batches.service import MAX_ITEMS, Batches, NewItem, expire, list_batches
from kith.batches.tables import BatchState, ItemState
from kith.faces.tables import Face
from kith.jobs.tables import Job
from kith.kit.pages import Page
from kith.notify.service import NewEndpoint, Webhooks, list_deliveries
from kith.photos import queries as photo_queries
from kith.photos.errors import NotesInvalid
from kith.photos.noting import Notes
from kith.photos.tables import Photo, PhotoState
from kith.tenants.service import Quotas, Tenants
from tests.batches.conftest import WHO, Desk, Gate
from tests.support.http import Site
from tests.support.tiny_library import picture

ONE, TWO, NOBODY = picture((20, 20)), picture((10, 10), (10, 30)), picture()


async def tenant(desk: Desk, slug: str, **quotas: int) -> Principal:
    async with desk.runtime.db.write() as session:
        return Principal((await Tenants(session, WHO, desk.clock).create(slug, Quotas(**quotas))).id)


class TestWork:
    async def test_each_picture_becomes_a_photo_with_its_faces(self, desk: Desk, site: Site) -> None:
        batch = await desk.create(site.serve("/one.png", ONE), site.serve("/two.png", TWO))
        assert (batch.state, batch.total) == (BatchState.CREATED, 2)
        await desk.work()
        report = await desk.report(batch)
        it = report.batch
        assert (it.state, it.processed, it.successful, it.failed) == (BatchState.COMPLETED, 2, 2, 0)
        assert list(report.errors) == []
        assert [(item.state, item.face_count) for item in await desk.items(batch)] == [
            (ItemState.INDEXED, 1),
            (ItemState.INDEXED, 2),
        ]
        photos = await desk.photos()
        assert {photo.state for photo in photos} == {PhotoState.ANALYSED}
        assert {photo.original_name for photo in photos} == {"one.png", "two.png"}
        async with desk.runtime.db.read() as session:
            assert len((await session.scalars(select(Face))).all()) == 3
            assert (await session.scalars(select(Job).where(Job.kind == "index_batch"))).all() == []
        for photo in photos:
            assert await desk.runtime.blobs.exists(
                f"originals/{photo.sha256[:2]}/{photo.sha256[2:4]}/{photo.sha256}"
            )

    async def test_what_is_wrong_with_one_is_told_of_that_one(self, desk: Desk, site: Site) -> None:
        desk.clock.advance(5)
        batch = await desk.create(
            site.serve("/one.png", ONE), site.serve("/cut.png", ONE[:90]), site.address("/gone"),
            "ftp://a/b", site.serve("/nobody.png", NOBODY), site.serve("/text", b"hello"),
            "http://10.0.0.1/private.jpg",
        )  # fmt: skip
        await desk.work()
        report = await desk.report(batch)
        it = report.batch
        assert (it.state, it.processed, it.successful, it.failed) == (BatchState.COMPLETED, 7, 1, 5)
        assert [(error.position, error.code) for error in report.errors] == [
            (1, "image_corrupt"), (2, "fetch_failed"), (3, "fetch_url_invalid"), (5, "image_unsupported"),
            (6, "fetch_refused_address"),
        ]  # fmt: skip
        assert {error.at for error in report.errors} == {desk.clock.now().timestamp()}
        assert [item.state for item in await desk.items(batch)][4] == ItemState.FACELESS
        assert len(await desk.photos()) == 2

    async def test_one_photo_of_the_same_picture_twice(self, desk: Desk, site: Site) -> None:
        urls = [site.serve(f"/{number}.png", TWO) for number in range(5)]
        batch = await desk.create(*urls)
        await desk.work()
        again = await desk.create(urls[0], urls[0])
        await desk.work()
        assert [item.face_count for item in (*await desk.items(batch), *await desk.items(again))] == [2] * 7
        assert len(await desk.photos()) == 1
        async with desk.runtime.db.read() as session:
            assert len((await session.scalars(select(Face))).all()) == 2

    async def test_notes_are_merged_into_those_of_the_photo(self, desk: Desk, site: Site) -> None:
        url = site.serve("/one.png", ONE)
        first = await desk.create(url, shoot="a", place="here")
        await desk.work()
        second = await desk.create(url, shoot="b")
        await desk.work()
        (photo,) = await desk.photos()
        async with desk.runtime.db.read() as session:
            row = (await session.scalars(photo_queries.origin(WHO, photo.id))).one()
        assert first.uuid != second.uuid
        assert row.url == url
        assert row.notes == {
            "shoot": "b", "place": "here", "batch_id": second.uuid.hex, "image_url": url, "image_index": 0,
        }  # fmt: skip

    async def test_bytes_that_are_at_hand_are_not_fetched_and_not_kept_twice(
        self, desk: Desk, site: Site
    ) -> None:
        said = Notes(site.address("/page/one.png"), "a site", desk.clock.now(), {"k": 1})
        batch = await desk.submit(NewItem(said, ONE), NewItem(Notes(), b"no picture"), kind="crawl")
        kept = [item.kept_as or "" for item in await desk.items(batch)]
        assert [await desk.runtime.blobs.exists(name) for name in kept] == [True, True]
        await desk.work()
        assert site.requests == []
        assert [it.state for it in await desk.items(batch)] == [ItemState.INDEXED, ItemState.FAILED]
        assert [await desk.runtime.blobs.exists(name) for name in kept] == [False, False]
        async with desk.runtime.db.read() as session:
            (row,) = await session.scalars(photo_queries.origin(WHO, (await desk.photos())[0].id))
        assert (row.site, row.seen_at, row.notes["k"], row.notes["kind"]) == (
            "a site", desk.clock.now(), 1, "crawl",
        )  # fmt: skip

    async def test_a_full_quota_fails_the_picture_not_the_batch(self, desk: Desk, site: Site) -> None:
        who = await tenant(desk, "small", photos=1)
        batch = await desk.create(site.serve("/1", ONE), site.serve("/2", TWO), who=who)
        await desk.work(who.tenant_id)
        report = await desk.report(batch, who)
        assert (report.batch.state, report.batch.successful) == (BatchState.COMPLETED, 1)
        assert [error.code for error in report.errors] == ["quota_exceeded"]

    async def test_workers_share_a_batch_and_each_picture_is_done_once(self, desk: Desk, site: Site) -> None:
        urls = [site.serve(f"/{number}.png", picture((number, 3))) for number in range(30)]
        batch = await desk.create(*urls)
        runners = [gatherer(desk.runtime), gatherer(desk.runtime)]
        await asyncio.gather(*(it.drain(1) for it in runners))
        it = (await desk.report(batch)).batch
        assert (it.state, it.processed, it.successful) == (BatchState.COMPLETED, 30, 30)
        assert max(Counter(site.requests).values()) == 1
        assert len(await desk.photos()) == 30


class TestSizes:
    async def test_none_and_too_many(self, desk: Desk) -> None:
        with pytest.raises(BatchEmpty):
            await desk.create()
        with pytest.raises(BatchTooLong):
            await desk.create(*["http://a.example/"] * (MAX_ITEMS + 1))
        async with desk.runtime.db.read() as session:
            assert (await list_batches(session, WHO, Page()))[1] == 0

    async def test_ten_thousand(self, desk: Desk) -> None:
        batch = await desk.create(*[f"http://a.example/{number}" for number in range(MAX_ITEMS)])
        items = await desk.items(batch)
        assert [item.position for item in items] == list(range(MAX_ITEMS))
        assert len({item.share for item in items}) == batch.shares > 1
        assert (await desk.cancel(batch)).state == BatchState.CANCELLED
        await desk.work()
        assert {item.state for item in await desk.items(batch)} == {ItemState.CANCELLED}

    @pytest.mark.parametrize(
        "said",
        [Notes("http://a/\0"), Notes("x" * 2049), Notes(site="x" * 256), Notes(notes={"a": "\ud800"}),
         Notes(notes={"a": float("nan")}), Notes(notes={"a": "x" * 70_000})],
    )  # fmt: skip
    async def test_what_no_database_keeps(self, desk: Desk, said: Notes) -> None:
        with pytest.raises(NotesInvalid):
            await desk.submit(NewItem(said, ONE))
        assert not list((desk.runtime.settings.data / "blobs").glob("incoming/*"))


class TestCancel:
    async def test_while_a_picture_is_fetched(self, desk: Desk, site: Site) -> None:
        gate = Gate(site, "/slow.png", ONE)
        later = [site.serve(f"/{number}.png", TWO) for number in range(40)]
        batch = await desk.create(gate.url, *later)
        working = asyncio.create_task(desk.work())
        try:
            await asyncio.to_thread(gate.asked.wait, 60)
            await desk.cancel(batch)
            stored = len(await desk.photos())
        finally:
            gate.open.set()
        await working
        it = (await desk.report(batch)).batch
        assert it.state == BatchState.CANCELLED
        assert len(await desk.photos()) == stored
        assert it.processed < 41
        assert (
            Counter(item.state for item in await desk.items(batch))[ItemState.CANCELLED] == 41 - it.processed
        )
        assert len(site.requests) <= it.processed + 16  # what was under way

    async def test_twice_and_after_the_end(self, desk: Desk, site: Site) -> None:
        batch = await desk.create(site.serve("/one.png", ONE))
        await desk.cancel(batch)
        with pytest.raises(BatchEnded):
            await desk.cancel(batch)
        done = await desk.create(site.address("/one.png"))
        await desk.work()
        with pytest.raises(BatchEnded):
            await desk.cancel(done)
        assert (await desk.report(batch)).batch.state == BatchState.CANCELLED

    async def test_several_at_once_cancel_once(self, desk: Desk) -> None:
        batch = await desk.create("http://a.example/")
        told = await asyncio.gather(*(desk.cancel(batch) for _ in range(5)), return_exceptions=True)
        assert sorted(type(it).__name__ for it in told) == ["Batch", *["BatchEnded"] * 4]

    async def test_lets_go_of_bytes(self, desk: Desk) -> None:
        batch = await desk.submit(*[NewItem(Notes(), ONE)] * 9)
        await desk.cancel(batch)
        await desk.work()
        assert [item.kept_as for item in await desk.items(batch)] == [None] * 9
        assert not list((desk.runtime.settings.data / "blobs").glob("incoming/*"))


class TestOthers:
    async def test_see_and_touch_nothing(self, desk: Desk) -> None:
        other = await tenant(desk, "other")
        batch = await desk.create("http://a.example/")
        with pytest.raises(BatchNotFound):
            await desk.report(batch, other)
        with pytest.raises(BatchNotFound):
            await desk.cancel(batch, other)
        await desk.cancel(batch)
        desk.clock.advance(10)
        async with desk.runtime.db.write() as session:
            assert await Batches(session, other, desk.clock).clean_up(timedelta()) == 0
        async with desk.runtime.db.read() as session:
            assert await list_batches(session, other, Page()) == ([], 0)

    @pytest.mark.parametrize("name", ["", "x", "0" * 32, "1", "\0", "'; --"])
    async def test_names_that_are_none(self, desk: Desk, name: str) -> None:
        async with desk.runtime.db.write() as session:
            with pytest.raises(BatchNotFound):
                await Batches(session, WHO, desk.clock).cancel(name)


class TestForgetting:
    async def test_only_what_ended_long_enough_ago(self, desk: Desk) -> None:
        old = await desk.create("http://a.example/")
        await desk.cancel(old)
        await desk.work()
        desk.clock.advance(3600)
        young, running = await desk.create("http://a.example/"), await desk.create("http://a.example/")
        await desk.cancel(young)
        async with desk.runtime.db.write() as session:
            assert await Batches(session, WHO, desk.clock).clean_up(timedelta(minutes=30)) == 1
        async with desk.runtime.db.read() as session:
            reports, total = await list_batches(session, WHO, Page())
        assert [it.batch.id for it in reports] == [running.id, young.id]
        assert (total, list(reports[0].urls)) == (2, ["http://a.example/"])

    async def test_two_at_once_count_each_batch_once(self, desk: Desk) -> None:
        for _ in range(20):
            await desk.cancel(await desk.create("http://a.example/"))
        desk.clock.advance(10)

        async def clean() -> int:
            async with desk.runtime.db.write() as session:
                return await Batches(session, WHO, desk.clock).clean_up(timedelta())

        assert sum(await asyncio.gather(*(clean() for _ in range(4)))) == 20

    async def test_by_the_day(self, desk: Desk, site: Site) -> None:
        await desk.create(site.serve("/one.png", ONE))
        await desk.work()
        for days, left in ((29, 1), (2, 0)):
            desk.clock.advance(days * 86_400)
            async with desk.runtime.db.write() as session:
                await expire(session, desk.clock, 30)
            async with desk.runtime.db.read() as session:
                assert (await list_batches(session, WHO, Page()))[1] == left
        assert len(await desk.photos()) == 1


class TestTelling:
    async def test_events_and_audit(self, desk: Desk, site: Site) -> None:
        async with desk.runtime.db.write() as session:
            await Webhooks(session, WHO, desk.clock, desk.runtime.sealer).register(
                NewEndpoint("https://a.example/")
            )
        batch = await desk.create(site.serve("/one.png", ONE), site.address("/gone"), kind="crawl")
        await desk.work()
        async with desk.runtime.db.read() as session:
            told = {it.event: it for it in await list_deliveries(session, WHO)}
            entries = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
        assert set(told) == {"batch.created", "face.indexed", "batch.completed"}
        name = batch.uuid.hex
        assert told["face.indexed"].request_id == f"batch_{name}_0"
        data = json.loads(told["face.indexed"].body)["data"]
        (photo,) = await desk.photos()
        assert data.pop("thumb_url").startswith(
            f"/api/images/thumbnails/default/{photo.sha256[:2]}/{photo.sha256}_"
        )
        assert data == {
            "indexed_count": 1, "face_count": 1, "phash": f"{photo.phash:016x}", "vector_backend": "kith",
            "request_id": f"batch_{name}_0",
        }  # fmt: skip
        for part in (
            f'"batch_id": "{name}"',
            '"successful_images": 1',
            '"failed_images": 1',
            '"image_index": 1',
        ):
            assert part in told["batch.completed"].body
        said = {(it.action, it.subject, it.result, it.request_id) for it in entries}
        assert {
            ("batch_index", "batch", "ok", None),
            ("batch_index", "batch_item", "ok", f"batch_{name}_0"),
            ("batch_index", "batch_item", "fetch_failed", f"batch_{name}_1"),
            ("index", "photo", "ok", f"batch_{name}_0"),
        } <= said


async def test_a_tenant_that_is_erased_takes_its_batches_along(desk: Desk) -> None:
    who = await tenant(desk, "goes")
    batch = await desk.submit(NewItem(Notes(), ONE), who=who)
    (item,) = await desk.items(batch)
    await desk.runtime.erase_tenant(WHO, "goes")
    assert not await desk.runtime.blobs.exists(item.kept_as or "")
    await desk.work(who.tenant_id)
    assert await desk.items(batch) == []
    async with desk.runtime.db.read() as session:
        assert (await session.scalars(select(Photo))).all() == []
