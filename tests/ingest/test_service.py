"""Single pictures handed in, and worked on through the queue; on both databases."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from kith.accounts.principal import Principal
from kith.background import gatherer
from kith.engine.image import decode, derive
from kith.enrolment.identities import find_identity
from kith.errors import AppError
from kith.faces.tables import Face, FaceState
from kith.ingest.errors import MessageInvalid
from kith.ingest.messages import NO_PHASH, Asked, parse
from kith.ingest.service import Accepted, expire
from kith.ingest.stream import hidden
from kith.ingest.tables import EntryState
from kith.jobs.tables import Job
from kith.kit.blobs import digest
from kith.photos import queries as photo_queries
from kith.tenants.service import Quotas, Tenants
from tests.ingest.conftest import NOBODY, ONE, TWO, WHO, Inlet, cut
from tests.support.http import Site
from tests.support.tiny_library import picture

TS = 1_700_000_000


def codes(done: list[Accepted | AppError]) -> list[str]:
    return [it.code if isinstance(it, AppError) else "ok" for it in done]


class TestSubmit:
    async def test_says_what_it_sends_with_the_sums_of_the_object(self, inlet: Inlet) -> None:
        asked = replace(inlet.put("a/two.png", TWO), site="a site", meta={"k": 1}, idempotency_key="key")
        (done,) = await inlet.accepted(asked)
        assert done.message.data() == {
            "tenant_id": "default", "bucket": "raw-images", "key": "a/two.png",
            "url": "s3://raw-images/a/two.png", "site": "a site", "image_sha256": digest(TWO),
            "image_phash": f"{derive(decode(TWO)).phash:016x}", "ts": TS, "meta": {"k": 1},
            "source": "backend-api", "idempotency_key": "key", "face_hints": None,
        }  # fmt: skip
        assert done.message_id

    async def test_becomes_a_photo(self, inlet: Inlet, site: Site) -> None:
        kept = replace(inlet.put("two.png", TWO), site="a site", meta={"k": 1})
        there = Asked(TS, url=site.serve("/one.png", ONE))
        (_, at) = await inlet.accepted(kept, there)
        assert at.message.image_phash == NO_PHASH
        assert at.message.image_sha256 == digest(f"{there.url}default".encode())
        await inlet.drain()
        assert [(it.state, it.face_count) for it in await inlet.entries()] == [
            (EntryState.INDEXED, 2), (EntryState.INDEXED, 1),
        ]  # fmt: skip
        photos = await inlet.photos()
        assert {it.sha256: it.original_name for it in photos} == {
            digest(TWO): "two.png", digest(ONE): "one.png",
        }  # fmt: skip
        async with inlet.runtime.db.read() as session:
            (photo_id,) = [it.id for it in photos if it.sha256 == digest(TWO)]
            (row,) = await session.scalars(photo_queries.origin(WHO, photo_id))
            assert (await session.scalars(select(Job).where(Job.kind == "ingest"))).all() == []
        assert (row.url, row.site, row.notes) == ("s3://raw-images/two.png", "a site", {"k": 1})
        assert row.seen_at == datetime.fromtimestamp(TS, UTC)

    async def test_what_is_wrong_is_told_of_each(self, inlet: Inlet) -> None:
        good = inlet.put("one.png", ONE)
        done = await inlet.submit(
            Asked(TS), Asked(TS, "raw-images"), Asked(TS, "raw-images", "gone"),
            Asked(TS, "raw-images", "../../packs/x"), Asked(TS, "..", "x"), inlet.put("cut.png", cut(ONE)),
            inlet.put("empty", b""), Asked(TS, url="ftp://a/"), Asked(-1, url="http://a/"),
            Asked(10**20, url="http://a/"), Asked(TS, url="http://a/\0"),
            Asked(TS, url="http://a/", meta={"a": "\0"}), Asked(TS, url="http://a/", idempotency_key=""),
            Asked(TS, url="http://a/", idempotency_key="x" * 256),
            Asked(TS, url="http://a/", idempotency_key="\ud800"), good,
        )  # fmt: skip
        assert codes(done) == [
            "ingest_source_missing", "ingest_source_missing", "source_not_found", "source_key_invalid",
            "source_key_invalid", "image_corrupt", "image_empty", "fetch_url_invalid", "message_invalid",
            "message_invalid", "notes_invalid", "notes_invalid", "message_invalid", "message_invalid",
            "message_invalid", "ok",
        ]  # fmt: skip
        assert len(await inlet.entries()) == 1

    async def test_failures_are_kept_with_their_reason(self, inlet: Inlet, site: Site) -> None:
        await inlet.accepted(Asked(TS, url=site.address("/gone")), inlet.put("nobody", NOBODY))
        await inlet.drain()
        failed, nobody = await inlet.entries()
        assert (failed.state, failed.error_code, failed.photo_id) == (EntryState.FAILED, "fetch_failed", None)
        assert (nobody.state, nobody.face_count, nobody.photo_id is None) == (EntryState.FACELESS, 0, False)

    async def test_none_is_nothing(self, inlet: Inlet) -> None:
        assert await inlet.submit() == []

    async def test_dry_run_sends_nothing(self, inlet: Inlet) -> None:
        asked = [inlet.put("one", ONE), Asked(TS, "raw-images", "gone")]
        faults = await inlet.runtime.ingest(WHO).examine(asked)
        assert [it and it.code for it in faults] == [None, "source_not_found"]
        assert await inlet.entries() == []

    async def test_no_sources_are_told_of_each(self, inlet: Inlet, site: Site) -> None:
        ingest = inlet.runtime.ingest(WHO)
        ingest._sources = type(ingest._sources)(None)
        done = await ingest.submit([Asked(TS, "b", "k"), Asked(TS, url=site.serve("/", ONE))])
        assert codes(done) == ["sources_not_set", "ok"]


class TestKeys:
    async def test_the_same_again_is_sent_once(self, inlet: Inlet) -> None:
        asked = replace(inlet.put("one", ONE), idempotency_key="key")
        first, twin = await inlet.accepted(asked, asked)
        (later,) = await inlet.accepted(replace(asked, ts=TS + 5))
        assert first == twin == later
        assert len(await inlet.entries()) == 1
        await inlet.drain()
        assert await inlet.accepted(asked) == [first]
        await inlet.drain()
        assert [it.state for it in await inlet.entries()] == [EntryState.INDEXED]

    async def test_for_another_picture_it_is_refused(self, inlet: Inlet) -> None:
        first = replace(inlet.put("one", ONE), idempotency_key="key")
        other = replace(inlet.put("two", TWO), idempotency_key="key")
        assert codes(await inlet.submit(first, other)) == ["ok", "ingest_key_reused"]
        assert codes(await inlet.submit(other)) == ["ingest_key_reused"]

    async def test_many_at_once_are_sent_once(self, inlet: Inlet) -> None:
        asked = replace(inlet.put("one", ONE), idempotency_key="key")
        done = await asyncio.gather(*(inlet.accepted(asked) for _ in range(6)))
        assert len({it.message_id for (it,) in done}) == 1
        assert len(await inlet.entries()) == 1

    async def test_counts_for_a_day(self, inlet: Inlet, clock) -> None:
        asked = replace(inlet.put("one", ONE), idempotency_key="key")
        (first,) = await inlet.accepted(asked)
        clock.advance(86_400)
        assert await inlet.accepted(asked) == [first]  # it still waits
        await inlet.drain()
        (second,) = await inlet.accepted(asked)
        assert second.message_id != first.message_id
        assert len(await inlet.entries()) == 2

    async def test_of_another_tenant_is_another(self, inlet: Inlet) -> None:
        async with inlet.runtime.db.write() as session:
            made = await Tenants(session, WHO, inlet.runtime.clock).create("second", Quotas())
        who = Principal(made.id)
        asked = replace(inlet.put("one", ONE), idempotency_key="key")
        await inlet.accepted(asked)
        (theirs,) = await inlet.accepted(asked, who=who)
        assert theirs.message.tenant_id == "second"
        assert (len(await inlet.entries()), len(await inlet.entries(who))) == (1, 1)

    async def test_without_one_each_is_sent(self, inlet: Inlet) -> None:
        asked = inlet.put("one", ONE)
        first, second = await inlet.accepted(asked, asked)
        assert first.message.idempotency_key != second.message.idempotency_key
        await inlet.drain()
        assert [it.state for it in await inlet.entries()] == [EntryState.INDEXED] * 2
        assert len(await inlet.photos()) == 1
        async with inlet.runtime.db.read() as session:
            assert len((await session.scalars(select(Face))).all()) == 1


class TestNaming:
    async def test_the_one_face_is_whom_the_client_says(self, inlet: Inlet) -> None:
        meta = {"identity_id": "emp-1"}
        asked = [replace(inlet.put(f"{at}", picture((at, 20))), meta=meta) for at in (5, 20)]
        await inlet.accepted(*asked, replace(inlet.put("two", TWO), meta=meta))
        await inlet.drain()
        async with inlet.runtime.db.read() as session:
            identity = await find_identity(session, WHO, "emp-1")
            faces = (await session.scalars(select(Face).order_by(Face.id))).all()
        assert identity is not None
        owners = [face.person_id for face in faces if face.state == FaceState.CONFIRMED]
        assert owners == [identity.person_id] * 2
        assert len(faces) == 4  # of the picture with two faces neither is given to anybody

    async def test_what_a_human_decided_stays(self, inlet: Inlet) -> None:
        one = inlet.put("one", ONE)
        await inlet.accepted(replace(one, meta={"identity_id": "a"}))
        await inlet.drain()
        await inlet.accepted(replace(one, meta={"identity_id": "b"}))
        await inlet.drain()
        async with inlet.runtime.db.read() as session:
            first = await find_identity(session, WHO, "a")
            (face,) = await session.scalars(select(Face))
            assert await find_identity(session, WHO, "b") is None
        assert first is not None
        assert face.person_id == first.person_id

    @pytest.mark.parametrize("value", [1, "", "x" * 256, ["a"]])
    async def test_ids_that_are_none(self, inlet: Inlet, value: object) -> None:
        asked = replace(inlet.put("one", ONE), meta={"identity_id": value})
        assert codes(await inlet.submit(asked)) == ["external_id_invalid"]


async def test_several_workers_do_each_once(inlet: Inlet) -> None:
    await inlet.accepted(*[inlet.put(f"{at}", picture((at, 3))) for at in range(12)])
    runners = [gatherer(inlet.runtime), gatherer(inlet.runtime)]
    await asyncio.gather(*(it.drain(1) for it in runners))
    assert [it.state for it in await inlet.entries()] == [EntryState.INDEXED] * 12
    assert len(await inlet.photos()) == 12


async def test_forgotten_by_the_day(inlet: Inlet, clock) -> None:
    await inlet.accepted(inlet.put("one", ONE))
    await inlet.drain()
    await inlet.accepted(inlet.put("two", TWO))
    clock.advance(31 * 86_400)
    async with inlet.runtime.db.write() as session:
        await expire(session, clock, 30)
    assert [it.state for it in await inlet.entries()] == [EntryState.WAITING]
    assert len(await inlet.photos()) == 1


class TestParse:
    def test_what_we_say_ourselves(self) -> None:
        text = json.dumps({"tenant_id": "t", "url": "http://a/", "image_sha256": "0", "meta": {"a": 1}})
        it = parse(text, "fallback")
        assert (it.tenant_id, it.url, it.site, it.idempotency_key) == (
            "t",
            "http://a/",
            "unknown",
            "fallback",
        )
        assert parse(it.text(), "other") == it

    @pytest.mark.parametrize(
        "text",
        ["", "x", "[]", "1", "{}", '{"url": 1}', '{"url": "http://a/", "ts": "x"}',
         '{"url": "http://a/", "ts": NaN}', '{"url": "http://a/", "ts": 1e400}',
         '{"url": "http://a/\\u0000"}', '{"url": "http://a/", "meta": [1]}', '{"bucket": "b"}',
         '{"bucket": "b", "key": 1}', '{"url": "http://a/", "face_hints": "\\u0000"}',
         '{"url": "http://a/", "tenant_id": {"a": 1}}', "[" * 100_000],
    )  # fmt: skip
    def test_what_cannot_be_used(self, text: str) -> None:
        with pytest.raises(MessageInvalid):
            parse(text, "fallback")


def test_an_address_of_redis_is_shown_without_its_secrets() -> None:
    assert hidden("redis://user:secret@host:6379/0") == "redis://***@host:6379/0"
    assert hidden("rediss://host/0?password=secret") == "rediss://host/0?***"
    assert hidden("redis://127.0.0.1:6379/0") == "redis://127.0.0.1:6379/0"
