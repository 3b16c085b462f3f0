"""Input that is broken, hostile or simply too much: a clear answer each, and the process lives on."""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from kith.accounts.tables import Tenant
from kith.app import create_app
from kith.faces.tables import Face
from kith.people.tables import Person
from kith.runtime import open_runtime
from kith.setting_groups import LimitSettings
from tests.support.client import connected
from tests.support.library import ANA, ANDRE, library_settings, portrait
from tests.support.shared import shared_path
from tests.surfaces.conftest import NO_WORKER, Library

pytestmark = pytest.mark.models

HUGE_IDS = ("0", "-1", "2147483648", str(2**63), str(2**63 - 1), "9" * 400, "1.5", "x", "%00", "1e3")


def malformed() -> Iterator[Path]:
    folder = shared_path("data", "malformed")
    with (folder / "manifest.csv").open() as stream:
        for row in csv.DictReader(stream):
            yield folder / row["file"]


class TestPictures:
    @pytest.mark.slow
    async def test_every_damaged_file(self, sqlite_library: Library) -> None:
        answers: dict[str, int] = {}
        for path in malformed():
            answer = await sqlite_library.client.post(
                "/detect", files={"file": (path.name, path.read_bytes())}
            )
            answers[path.name] = answer.status_code
            assert answer.status_code in {200, 400}, (path.name, answer.text)
            if answer.status_code == 400:
                assert set(answer.json()) == {"detail"}
                assert 10 < len(answer.json()["detail"]) < 300
                assert str(path.parent) not in answer.text
        assert len(answers) > 200
        assert sum(status == 400 for status in answers.values()) > 100
        stored = (await sqlite_library.get("/stats"))["total_images"]
        assert stored <= sum(status == 200 for status in answers.values())
        assert len((await sqlite_library.detect(ANA[0]))["faces"]) == 1

    async def test_what_is_no_picture(self, sqlite_library: Library) -> None:
        for name, data in [
            ("empty.jpg", b""),
            ("text.jpg", b"just text\n" * 100),
            ("zip.png", b"PK\3\4" * 50),
        ]:
            for path in ("/detect", "/recognize"):
                answer = await sqlite_library.client.post(path, files={"file": (name, data)})
                assert answer.status_code == 400, (path, name)
                assert isinstance(answer.json()["detail"], str)
        assert (await sqlite_library.get("/stats"))["total_images"] == 0

    async def test_too_many_pixels(self, packs_folder: Path, tmp_path: Path) -> None:
        limits = LimitSettings(pixels=1_000_000)
        settings = library_settings(tmp_path / "data", packs_folder, worker=NO_WORKER, limits=limits)
        large = shared_path(
            "data", "identities", "alex_lacamoire", "alex_lacamoire_348e0a70.jpg"
        ).read_bytes()
        async with connected(create_app(settings)) as client:
            answer = await client.post("/detect", files={"file": ("large.jpg", large)})
        assert answer.status_code == 400
        assert "1,200" in answer.json()["detail"]

    async def test_forms_that_are_none(self, sqlite_library: Library) -> None:
        client = sqlite_library.client
        picture = {"file": (ANA[0], portrait(ANA[0]))}
        broken = {"content-type": "multipart/form-data; boundary=x"}
        for status, request in [
            (422, {}),
            (422, {"data": {"file": "a name, not a file"}}),
            (422, {"files": {"picture": picture["file"]}}),
            (422, {"content": b"\xff\xd8", "headers": {"content-type": "image/jpeg"}}),
            (422, {"json": {"file": "x"}}),
            (400, {"content": b"--y\r\nnonsense", "headers": broken}),
            (400, {"content": b"--x\r\n", "headers": {"content-type": "multipart/form-data"}}),
            (422, {"files": picture, "data": {"min_confidence": "1.5"}}),
            (422, {"files": picture, "data": {"min_confidence": "NaN"}}),
            (422, {"files": picture, "data": {"auto_save": "perhaps"}}),
        ]:
            answer = await client.post("/detect", **request)
            assert answer.status_code == status, (request.keys(), answer.text)
            assert answer.json()["detail"]
        assert (await sqlite_library.get("/stats"))["total_images"] == 0

    async def test_names_of_files_are_only_shown(self, library: Library) -> None:
        for number, name in enumerate(
            ("../../etc/passwd", "C:\\x\\y.jpg", "a\0b\n.jpg", "n" * 3000, "❤.jpg", " ")
        ):
            data = portrait(ANA[0]) + bytes(number)
            assert len((await library.detect(name, data))["faces"]) == 1, name
        places = {face["image_path"] for face in await library.get("/faces")}
        assert all(place.startswith("originals/") for place in places)


class TestIds:
    async def test_no_id_is_an_accident(self, library: Library) -> None:
        (face,) = (await library.detect(ANA[0]))["faces"]
        for unknown in (*HUGE_IDS, "77", "2147483647"):
            for method, path in [
                ("GET", "/persons/{}"), ("PUT", "/persons/{}"), ("DELETE", "/persons/{}"),
                ("GET", "/persons/{}/faces"), ("GET", "/faces/{}"), ("DELETE", "/faces/{}"),
            ]:  # fmt: skip
                json = {"name": "New"} if method == "PUT" else None
                answer = await library.client.request(method, path.format(unknown), json=json)
                assert answer.status_code in {404, 422}, (method, path, unknown)
                assert answer.json()["detail"]
        assert (await library.get(f"/faces/{face['face_id']}"))["person_id"] == face["person_id"]

    async def test_what_is_another_tenant_s_is_not_there(self, library: Library) -> None:
        mine = (await library.detect(ANA[0]))["faces"][0]
        theirs = (await library.detect(ANDRE[0]))["faces"][0]
        runtime = library.runtime
        async with runtime.db.write() as session:
            stranger = {"id": 2, "slug": "stranger", "created_at": runtime.clock.now()}
            await session.execute(insert(Tenant).values(**stranger))
            for table, key in ((Face, theirs["face_id"]), (Person, theirs["person_id"])):
                await session.execute(update(table).where(table.id == key).values(tenant_id=2))
        await (await runtime.recognition()).rebuild()
        for method, path in [
            ("GET", f"/faces/{theirs['face_id']}"), ("DELETE", f"/faces/{theirs['face_id']}"),
            ("GET", f"/persons/{theirs['person_id']}"), ("DELETE", f"/persons/{theirs['person_id']}"),
            ("PUT", f"/persons/{theirs['person_id']}"), ("GET", f"/persons/{theirs['person_id']}/faces"),
        ]:  # fmt: skip
            json = {"name": "Mine"} if method == "PUT" else None
            assert (await library.client.request(method, path, json=json)).status_code == 404, path
        merge = {"source_person_ids": [theirs["person_id"]], "target_person_id": mine["person_id"]}
        assert (await library.client.post("/persons/merge", json=merge)).status_code == 404
        assert [it["id"] for it in await library.get("/faces")] == [mine["face_id"]]
        assert await library.get("/faces", ids=str(theirs["face_id"])) == []
        found = await library.client.post("/search", json={"embedding": theirs["embedding"], "threshold": -1})
        assert [match["face_id"] for match in found.json()["matches"]] == [mine["face_id"]]
        clusters = await library.client.post("/cluster", json={"face_ids": [theirs["face_id"]]})
        assert clusters.status_code == 404
        assert (await library.get("/stats"))["total_faces"] == 1


class TestMuchAtOnce:
    async def test_more_pictures_than_places_are_told_to_come_back(
        self, packs_folder: Path, tmp_path: Path
    ) -> None:
        limits = LimitSettings(concurrent_images=1, waiting_images=1)
        settings = library_settings(tmp_path / "data", packs_folder, worker=NO_WORKER, limits=limits)
        async with connected(create_app(settings)) as client:
            files = {"file": (ANA[0], portrait(ANA[0]))}
            answers = await asyncio.gather(*(client.post("/recognize", files=files) for _ in range(20)))
            refused = [answer for answer in answers if answer.status_code != 200]
            assert 0 < len(refused) < 20
            for answer in refused:
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
                assert set(answer.json()) == {"detail"}
            assert (await client.post("/recognize", files=files)).status_code == 200

    async def test_everything_at_once(self, busy_library: Library) -> None:
        """Readers, searchers, writers: none waits for another for ever, none fails."""
        client = busy_library.client
        face = (await busy_library.get("/faces"))[0]
        requests = [
            request
            for number in range(12)
            for request in (
                client.post("/search", json={"embedding": face["embedding"]}),
                client.get("/persons"),
                client.put(f"/persons/{face['person_id']}", json={"name": f"Ana {number}"}),
                client.post("/persons", json={"name": f"Person {number}"}),
                client.post("/cluster", json={}),
                client.post("/detect", files={"file": ("a.jpg", portrait(ANA[1]) + bytes(number))}),
            )
        ]
        answers = await asyncio.wait_for(asyncio.gather(*requests), 60)
        assert {answer.status_code for answer in answers} == {200}
        assert (await busy_library.get("/stats"))["total_images"] == 1 + 12

    @pytest.fixture
    async def busy_library(
        self, database_url: str, packs_folder: Path, tmp_path: Path
    ) -> AsyncIterator[Library]:
        """A library whose server works on its jobs at the same time."""
        settings = library_settings(tmp_path / "data", packs_folder, database_url)
        async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
            library = Library(client, runtime)
            await library.detect(ANA[0])
            yield library
