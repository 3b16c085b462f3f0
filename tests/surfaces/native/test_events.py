"""The stream of changes: what it tells, whom, and how it ends."""

import asyncio
import signal
import time
from pathlib import Path

import httpx
import pytest

from kith.accounts.keys import Keys, NewKey
from kith.accounts.principal import Principal, Scope
from kith.app import create_app
from kith.background import gatherer
from kith.batches.service import Batches, Progress, read_progress
from kith.photos.noting import Notes
from kith.pulse import Beat, Listener, Pulse, Pulses
from kith.runtime import Runtime
from kith.tenants.service import Quotas, Tenants
from tests.support.client import live_server
from tests.support.library import ANA, portrait
from tests.support.streams import Stream, streamed
from tests.surfaces.conftest import Library
from tests.test_server import environment

PATH = "/api/kith/events"


async def key(runtime: Runtime, *scopes: Scope, who: Principal | None = None) -> dict[str, str]:
    async with runtime.db.write() as session:
        made = await Keys(session, who or Principal(), runtime.clock).create(NewKey("key", scopes))
    return {"x-api-key": made.secret}


async def make_batch(runtime: Runtime, who: Principal, *urls: str) -> None:
    async with runtime.db.write() as session:
        await Batches(session, who, runtime.clock).create([Notes(url) for url in urls], {})


async def until(stream: Stream, topic: str) -> dict:
    """The next event that is about a topic."""
    while True:
        name, data = await stream.event()
        assert name == "changed"
        if topic in data["topics"]:
            return data


class TestEvents:
    async def test_while_a_photo_is_registered_and_decided_about(self, library: Library) -> None:
        app = create_app(library.runtime.settings, library.runtime)
        async with streamed(app, library.runtime, PATH) as stream:
            assert stream.status == 200
            assert stream.headers["content-type"].startswith("text/event-stream")
            name, data = await stream.event()
            assert (name, data["topics"]) == ("hello", [])
            assert data["photos"] == {"total": 0, "pending": 0, "analysed": 0, "failed": 0}
            assert data["jobs"] == {"queued": 0, "running": 0, "failed": 0}
            await library.detect(ANA[0])
            assert (await until(stream, "photos"))["photos"]["total"] == 1
            (person,) = await library.get("/persons")
            await library.client.put(f"/persons/{person['id']}", json={"name": "Ana"})
            data = await until(stream, "people")
            assert isinstance(data["last_decision_id"], int)

    async def test_while_a_batch_is_made_and_worked_on(self, library: Library) -> None:
        runtime = library.runtime
        async with streamed(create_app(runtime.settings, runtime), runtime, PATH) as stream:
            _, data = await stream.event()
            assert data["batches"] == {"open": 0, "total": 0, "processed": 0, "failed": 0}
            await make_batch(runtime, Principal(), "http://127.0.0.1/1", "http://127.0.0.1/2")
            data = await until(stream, "batches")
            assert data["batches"] == {"open": 1, "total": 2, "processed": 0, "failed": 0}
            await gatherer(runtime).drain(1)
            data = await until(stream, "batches")
            while data["batches"]["open"]:
                assert data["batches"]["total"] == 2
                data = await until(stream, "batches")

    async def test_how_far_batches_are_is_a_tenants_own(self, library: Library) -> None:
        runtime = library.runtime
        async with runtime.db.write() as session:
            theirs = Principal((await Tenants(session, Principal(), runtime.clock).create("b", Quotas())).id)
        await make_batch(runtime, theirs, "http://127.0.0.1/1")
        async with runtime.db.read() as session:
            assert await read_progress(session, Principal()) == Progress()
            told = await read_progress(session, theirs)
        assert (told.count, told.open, told.total, told.processed, told.failed) == (1, 1, 1, 0, 0)

    async def test_what_others_do_is_not_told(self, library: Library) -> None:
        runtime = library.runtime
        async with runtime.db.write() as session:
            mine = await Tenants(session, Principal(), runtime.clock).create("mine", Quotas())
        headers = await key(runtime, Scope.READ, who=Principal(mine.id))
        async with streamed(create_app(runtime.settings, runtime), runtime, PATH, headers) as stream:
            assert (await stream.event())[0] == "hello"
            admin = await key(runtime, Scope.ADMIN)
            answer = await library.client.post(
                "/detect", files={"file": ("ana.jpg", portrait(ANA[0]))}, headers=admin
            )
            assert answer.status_code == 200
            async with runtime.db.read() as session:
                before = None
                for listener in runtime.pulses._listeners[mine.id]:
                    before = await listener.next(2.5)
                assert before is None
                assert session

    async def test_it_ends_with_the_key(self, library: Library) -> None:
        runtime = library.runtime
        headers = await key(runtime, Scope.READ)
        async with streamed(create_app(runtime.settings, runtime), runtime, PATH, headers) as stream:
            assert (await stream.event())[0] == "hello"
            async with runtime.db.write() as session:
                await Keys(session, Principal(), runtime.clock).revoke(1)
            listener = next(iter(runtime.pulses._listeners[1]))
            listener.tell(Beat(frozenset({"jobs"}), Pulse({}, {}, None, None, (0, None), 0, 0)))
            assert (await stream.event())[0] == "end"
        assert runtime.pulses.count() == 0

    async def test_no_more_than_so_many(self, sqlite_library: Library) -> None:
        runtime = sqlite_library.runtime
        listeners = [runtime.pulses.listen(1) for _ in range(64)]
        answer = await sqlite_library.client.get(PATH)
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_exceeded")
        for it in listeners:
            runtime.pulses.leave(1, it)
        assert runtime.pulses.count() == 0

    async def test_head_comes_to_an_end(self, sqlite_library: Library) -> None:
        assert (await sqlite_library.client.head(PATH)).status_code == 200

    async def test_who_leaves_is_forgotten(self, sqlite_library: Library) -> None:
        runtime = sqlite_library.runtime
        async with streamed(create_app(runtime.settings, runtime), runtime, PATH) as stream:
            await stream.event()
            assert runtime.pulses.count(1) == 1
        assert runtime.pulses.count() == 0
        assert not runtime.pulses._polls

    def test_the_server_stops_with_a_stream_open(self, tmp_path: Path) -> None:
        with live_server(environment(tmp_path / "data")) as server:
            with httpx.stream("GET", f"{server.url}{PATH}") as answer:
                pieces = answer.iter_text()
                assert "retry:" in next(pieces)
                began = time.monotonic()
                code, output, errors = server.stop(signal.SIGTERM)
                assert (code, output, errors) == (0, "closed\n", "")
            assert time.monotonic() - began < 10


class TestPulses:
    async def test_of_many_beats_one_is_told(self) -> None:
        listener = Listener()
        pulses = [Pulse({}, {}, it, None, (0, None), 0, 0) for it in range(3)]
        listener.tell(Beat(frozenset({"photos"}), pulses[1]))
        listener.tell(Beat(frozenset({"jobs"}), pulses[2]))
        assert await listener.next(1) == Beat(frozenset({"photos", "jobs"}), pulses[2])
        assert await listener.next(0.01) is None

    async def test_after_the_end_nobody_waits(self, sqlite_library: Library) -> None:
        pulses = Pulses(sqlite_library.runtime.db)
        waiting = pulses.listen(1)
        await waiting.next(30)
        pulses.end()
        late = pulses.listen(1)
        for it in (waiting, late):
            assert await asyncio.wait_for(it.next(30), 5) is None
            assert it.is_over
        await pulses.close()

    @pytest.mark.parametrize(
        ("changed", "topics"),
        [
            ({"last_decision_id": 2}, {"people"}), ({"change": 9}, {"people"}), ({"log_end": 9}, set()),
            ({"galleries": (2, 2)}, {"galleries"}), ({"jobs": {"queued": 1}}, {"jobs"}),
            ({"batches": Progress(1)}, {"batches"}),
        ],
    )  # fmt: skip
    def test_topics(self, changed: dict, topics: set) -> None:
        first = {
            "photos": {}, "jobs": {}, "last_decision_id": 1, "undone_at": None, "galleries": (1, 1),
            "change": 0, "log_end": 0,
        }  # fmt: skip
        assert Pulse(**{**first, **changed}).topics(Pulse(**first)) == topics
