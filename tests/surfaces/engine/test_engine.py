"""An engine in a process of its own answers like one here, and says why when it cannot."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import numpy as np
import pytest

from kith.accounts.principal import Principal
from kith.app import create_app
from kith.engine.base import FaceEngine
from kith.engine.errors import InvalidBox
from kith.engine.faces import Faces, Image
from kith.engine.image import ImageLimits, decode
from kith.engine.packs import PackStore
from kith.engine.remote import EngineAway, EngineBusy, EngineRefused, RemoteEngine
from kith.engine.remote.messages import images_to_bytes
from kith.faces.embedded import list_embedded
from kith.kit.offload import Offload
from kith.kit.pages import Page
from kith.runtime import Runtime, open_runtime
from kith.setting_groups import EngineSettings
from kith.settings import Settings
from kith.surfaces.engine import create_engine_app
from tests.support.client import SERVE_ENGINE, LiveServer, connected, live_server
from tests.support.library import library_settings
from tests.support.tiny_library import ONE_BY_ONE, import_pictures, picture, tiny_settings

OWNER = Principal()
KEY = "a key for an engine"
LIMITS = ImageLimits(1 << 20, 1 << 20, 2000, 1)


def image(*cells: tuple[int, int]) -> Image:
    return decode(picture(*cells), LIMITS)


IMAGES = [image((1, 1)), image(), image((2, 2), (9, 9)), image((3, 20))]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the tiny packs `tiny` and `other`."""
    data = tmp_path_factory.mktemp("engine") / "data"
    tiny_settings(data, "tiny", "other")
    return data


def environment(data: Path, pack: str = "tiny", **more: str) -> dict[str, str]:
    return {"KITH_DATA": str(data), "KITH_ENGINE__PACK": pack, **more}


@pytest.fixture(scope="module")
def server(packs: Path) -> Iterator[LiveServer]:
    with live_server(environment(packs), SERVE_ENGINE) as server:
        yield server


@pytest.fixture
def remote(server: LiveServer) -> Iterator[RemoteEngine]:
    engine = RemoteEngine.connect(server.url)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def local(packs: Path) -> FaceEngine:
    return PackStore(packs / "packs").open("tiny")


def same(left: Sequence[Faces], right: Sequence[Faces]) -> None:
    for one, other in zip(left, right, strict=True):
        for name in Faces.__slots__:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


class TestAsOneHere:
    def test_finds_the_same_faces(self, remote: RemoteEngine, local: FaceEngine) -> None:
        assert (remote.space, remote.calibration) == (local.space, local.calibration)
        found = remote.analyse(IMAGES)
        assert [len(it) for it in found] == [1, 0, 2, 1]
        same(found, local.analyse(IMAGES))
        assert remote.analyse([]) == []

    def test_asks_more_often_where_pictures_are_large(
        self, server: LiveServer, remote: RemoteEngine, local: FaceEngine
    ) -> None:
        facts = replace(remote._facts, max_bytes=2 * IMAGES[0].pixels.nbytes)
        bodies: list[int] = []

        def note(request: httpx.Request) -> None:
            bodies.append(int(request.headers["content-length"]))

        with httpx.Client(base_url=server.url, event_hooks={"request": [note]}) as client:
            same(RemoteEngine(client, facts, pauses).analyse(IMAGES), local.analyse(IMAGES))
        assert len(bodies) == 4
        assert max(bodies) <= facts.max_bytes

    def test_embeds_boxes(self, remote: RemoteEngine, local: FaceEngine) -> None:
        boxes = np.array([[10, 10, 40, 50], [-5, -5, 30, 30]], np.float32)
        same([remote.embed(IMAGES[0], boxes)], [local.embed(IMAGES[0], boxes)])
        for wrong in ([[np.nan, 0, 1, 1]], [[5, 5, 5, 9]], [[900, 900, 950, 950]]):
            with pytest.raises(InvalidBox):
                remote.embed(IMAGES[0], np.array(wrong, np.float32))

    def test_from_many_threads(self, remote: RemoteEngine, local: FaceEngine) -> None:
        expected = local.analyse(IMAGES)
        failures: list[Exception] = []

        def ask() -> None:
            try:
                same(remote.analyse(IMAGES), expected)
            except Exception as error:  # noqa: BLE001  # told in the end, by the thread that can
                failures.append(error)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []


def pauses(_seconds: float) -> None:
    """Do not wait."""


class TestFailures:
    def test_nobody_there(self, server: LiveServer, packs: Path) -> None:
        waited: list[float] = []
        with live_server(environment(packs), SERVE_ENGINE) as gone:
            remote = RemoteEngine.connect(gone.url, pause=waited.append)
            gone.stop()
        with pytest.raises(EngineAway, match="cannot be reached"):
            remote.analyse(IMAGES)
        assert len(waited) == 2
        with pytest.raises(EngineAway):
            RemoteEngine.connect(gone.url, pause=pauses)
        remote.close()

    def test_something_else_there(self, tmp_path: Path) -> None:
        with live_server({"KITH_DATA": str(tmp_path)}) as library, pytest.raises(EngineRefused, match="404"):
            RemoteEngine.connect(library.url, pause=pauses)

    def test_a_key_is_asked_for(self, packs: Path) -> None:
        with live_server(environment(packs, KITH_AUTH__API_KEY=KEY), SERVE_ENGINE) as server:
            for wrong in (None, "", "another key"):
                with pytest.raises(EngineRefused, match="401"):
                    RemoteEngine.connect(server.url, wrong, pause=pauses)
            engine = RemoteEngine.connect(server.url, KEY)
            assert len(engine.analyse(IMAGES[:1])[0]) == 1
            engine.close()
            assert httpx.get(f"{server.url}/health").json() == {"status": "ok", "pack": "tiny", "depth": 0}
            assert httpx.post(f"{server.url}/engine/analyse", content=b"x").status_code == 401

    def test_another_pack_there_now(self, packs: Path, remote: RemoteEngine) -> None:
        with live_server(environment(packs, "other"), SERVE_ENGINE) as other:
            changed = RemoteEngine(httpx.Client(base_url=other.url), remote._facts, pauses)
            with pytest.raises(EngineRefused, match="start Kith anew"):
                changed.analyse(IMAGES)
            with pytest.raises(EngineRefused):
                changed.check()
            changed.close()

    def test_what_is_no_message(self, server: LiveServer) -> None:
        for path in ("/engine/analyse", "/engine/embed"):
            for body in (b"", b"x" * 1000, images_to_bytes([]), images_to_bytes(IMAGES)[:-9]):
                answer = httpx.post(server.url + path, content=body)
                assert (answer.status_code, answer.json()["code"]) == (400, "engine_message_invalid")
        answer = httpx.post(f"{server.url}/engine/embed", content=images_to_bytes(IMAGES[:1]))
        assert answer.status_code == 400
        answer = httpx.post(f"{server.url}/engine/analyse", content=b"x" * (65 << 20))
        assert answer.status_code == 413


@dataclass
class Held:
    """An engine whose calls wait until they are let go."""

    inner: FaceEngine
    gate: threading.Event

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def analyse(self, images: Sequence[Image]) -> list[Faces]:
        self.gate.wait(60)
        return self.inner.analyse(images)


class TestBackPressure:
    async def test_refuses_more_than_it_can_hold(self, local: FaceEngine, packs: Path) -> None:
        gate = threading.Event()
        networks = Offload(1, 64, "networks")
        app = create_engine_app(Held(local, gate), networks, Settings(data=packs))
        body = images_to_bytes(IMAGES[:1])
        async with connected(app) as client:
            asked = [asyncio.create_task(client.post("/engine/analyse", content=body)) for _ in range(9)]
            while networks.depth < 9:
                await asyncio.sleep(0)
            refused = await client.post("/engine/analyse", content=body)
            assert (refused.status_code, refused.json()["code"]) == (503, "busy")
            assert refused.headers["retry-after"] == "1"
            assert (await client.get("/health")).json()["depth"] == 9
            gate.set()
            assert {(await one).status_code for one in asked} == {200}
        await networks.close()

    def test_is_told_as_busy(self, remote: RemoteEngine) -> None:
        waited: list[float] = []
        transport = httpx.MockTransport(lambda _: httpx.Response(503, json={"detail": "9 requests wait"}))
        with httpx.Client(base_url="http://engine", transport=transport) as client:
            busy = RemoteEngine(client, remote._facts, waited.append)
            with pytest.raises(EngineBusy, match="9 requests wait"):
                busy.analyse(IMAGES)
        assert len(waited) == 2


async def boxes(runtime: Runtime) -> list[list[float]]:
    async with runtime.db.read() as session:
        return sorted(
            [it.shown.face.x1, it.shown.face.y1] for it in await list_embedded(session, OWNER, Page())
        )


class TestLibrary:
    async def test_over_an_engine_elsewhere(
        self, server: LiveServer, database_url: str, tmp_path: Path
    ) -> None:
        """No pack is installed where the library is."""
        pictures = [picture((1, 1)), picture((2, 2), (9, 9))]
        here = tiny_settings(tmp_path / "here", "tiny").model_copy(
            update={"engine": EngineSettings(pack="tiny")}
        )
        there = remote_settings(tmp_path / "there", server.url, database_url)
        found = []
        for settings in (here, there):
            async with open_runtime(settings) as runtime:
                await import_pictures(runtime, tmp_path / "pictures", *pictures)
                await runtime.runner().drain(1)
                found.append(await boxes(runtime))
        assert found[0] == found[1]
        assert len(found[0]) == 3

    async def test_waits_for_an_engine_that_is_away(
        self, packs: Path, database_url: str, tmp_path: Path
    ) -> None:
        with live_server(environment(packs), SERVE_ENGINE) as server:
            port = server.url.rpartition(":")[2]
            settings = remote_settings(tmp_path / "data", server.url, database_url)
            async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
                assert (await client.get("/health/ready")).json()["pack"] == "tiny"
                server.stop()
                ready = await client.get("/health/ready")
                assert (ready.status_code, ready.json()["cause"]) == (503, "engine_away")
                await import_pictures(runtime, tmp_path / "pictures", picture((1, 1)))
                with pytest.raises(EngineAway):
                    await runtime.runner().drain(1)
                answer = await client.post("/detect", files={"file": ("a.png", picture((1, 1)))})
                assert (answer.status_code, set(answer.json())) == (503, {"detail"})
                again = environment(packs, KITH_SERVER__PORT=port)
                with live_server(again, SERVE_ENGINE):
                    await runtime.runner().drain(1)
                    assert len(await boxes(runtime)) == 1

    async def test_of_another_pack_is_refused(self, server: LiveServer, tmp_path: Path) -> None:
        settings = tiny_settings(tmp_path / "data", "other")
        async with open_runtime(settings) as runtime:
            await runtime.use_pack("other")
        async with open_runtime(remote_settings(tmp_path / "data", server.url)) as runtime:
            with pytest.raises(EngineRefused, match="has the pack tiny, not other"):
                await runtime.recognition()


def remote_settings(data: Path, engine_url: str, url: str | None = None) -> Settings:
    return library_settings(data, None, url, worker=ONE_BY_ONE, engine=EngineSettings(url=engine_url))
