"""What clients send by mistake or on purpose: a clear error in this surface's form, and nothing is lost."""

import asyncio
import time
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from kith.accounts.keys import Keys, NewKey
from kith.accounts.principal import Principal, Scope
from kith.setting_groups import LimitSettings
from kith.tenants.service import Quotas, Tenants
from tests.support.http import Site
from tests.support.library import ANA, library_settings, portrait
from tests.support.shared import shared_path
from tests.surfaces.conftest import NO_WORKER, _library
from tests.surfaces.galleries.conftest import Club, club_settings

NOBODY = "00000000-0000-4000-8000-000000000000"
BOX = {"x": 1, "y": 1, "width": 50, "height": 50}


def assert_error(answer: httpx.Response, *statuses: int) -> str:
    assert answer.status_code in statuses, answer.text
    body = answer.json()
    assert {"success", "message", "detail", "code"} <= body.keys()
    assert body["success"] is False
    assert body["message"] == body["detail"]
    return body["code"]


async def refused(club: Club, url: str, *statuses: int) -> str:
    """The code with which every endpoint that fetches refuses an address."""
    (photo,) = await club.add(url)
    codes = {
        assert_error(await club.client.post(path, json=body), *statuses)
        for path, body in (
            ("/api/recognition/detect", {"image_url": url}),
            ("/detect-faces", {"image_url": url}),
            ("/api/recognition/recognize", {"image_url": url, "bbox": BOX}),
            ("/api/faces/save", {"photo_id": photo, "bbox": BOX}),
            ("/generate-descriptors", {"image_url": url, "faces": [{"bbox": BOX}]}),
        )
    }
    assert await club.faces(photo) == []
    (code,) = codes
    assert (await club.get(f"/api/galleries/{club.gallery}/images"))["data"][-1][
        "has_been_processed"
    ] is False
    saved = await club.save_tags(photo, {"bbox": BOX}, image_url=url)
    assert saved["faces"][0]["descriptor_error"]["code"] == code
    return code


@pytest.mark.models
class TestAddresses:
    async def test_in_private_networks(self, packs_folder: Path, tmp_path: Path, site: Site) -> None:
        settings = library_settings(tmp_path / "data", packs_folder, worker=NO_WORKER)
        async for library in _library(settings):
            club = Club(library, site)
            for url in (
                club.url(ANA[0]), "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://10.0.0.1/a.jpg",
                f"http://localhost:{site.port}/photos/{ANA[0]}", "http://2130706433/",
            ):  # fmt: skip
                assert await refused(club, url, 400) == "fetch_refused_address"
        assert site.requests == []

    async def test_that_lead_into_private_networks(self, sqlite_club: Club) -> None:
        for target in ("http://169.254.169.254/latest", "http://[::1]:1/", "http://10.0.0.1/"):
            url = sqlite_club.site.redirect("/r", target)
            assert await refused(sqlite_club, url, 400) == "fetch_refused_address"

    async def test_that_are_none(self, sqlite_club: Club) -> None:
        for url in (
            "file:///etc/passwd",
            "photos/a.jpg",
            "ftp://a.example/",
            "http://u:p@a.example/",
            "http://a b",
        ):
            assert await refused(sqlite_club, url, 400) == "fetch_url_invalid"

    async def test_of_five_gigabytes(self, sqlite_club: Club) -> None:
        url = sqlite_club.site.break_off("/huge", b"abc", promised=5 << 30)
        assert await refused(sqlite_club, url, 413) == "fetch_too_large"

    async def test_that_never_end(self, packs_folder: Path, tmp_path: Path, site: Site) -> None:
        """One that sends fast is cut off at the limit of sizes."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            handler.close_connection = True
            try:
                while True:
                    handler.wfile.write(b"x" * 65536)
            except OSError:
                return

        site.answers["/endless"] = answer
        limits = LimitSettings(upload_bytes=1 << 20)
        async for library in _library(club_settings(tmp_path / "data", packs_folder, limits=limits)):
            assert await refused(Club(library, site), site.address("/endless"), 413) == "fetch_too_large"

    async def test_that_break_off_or_are_gone(self, sqlite_club: Club) -> None:
        for url in (
            sqlite_club.site.break_off("/half", portrait(ANA[0])[:500], promised=50_000),
            sqlite_club.site.address("/nothing"), sqlite_club.site.serve("/broken", b"", status=500),
            "http://127.0.0.1:9/",
        ):  # fmt: skip
            assert await refused(sqlite_club, url, 400) == "fetch_failed"

    async def test_of_what_is_no_picture(self, sqlite_club: Club) -> None:
        codes = [
            await refused(sqlite_club, sqlite_club.site.serve(f"/{at}", data), 400, 413)
            for at, data in enumerate(
                (b"", b"text" * 100, portrait(ANA[0])[:300], shared_path("data", "README.md").read_bytes())
            )
        ]
        assert codes == ["image_empty", "image_unsupported", "image_corrupt", "image_unsupported"]


class TestSlowAddresses:
    @pytest.mark.models
    @pytest.mark.slow
    async def test_that_drip(self, sqlite_club: Club) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
            handler.close_connection = True
            try:
                for _ in range(2000):
                    handler.wfile.write(b"x")
                    handler.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                return

        sqlite_club.site.answers["/drip"] = answer
        body = {"image_url": sqlite_club.site.address("/drip")}
        begun = time.monotonic()
        answer_ = await sqlite_club.client.post("/api/recognition/detect", json=body)
        assert assert_error(answer_, 400) == "fetch_timeout"
        assert time.monotonic() - begun < 30


@pytest.mark.models
class TestBodies:
    async def test_values_that_cannot_be(self, club: Club) -> None:
        photo, face = await club.tagged(ANA[0])
        names = ("", " ", "x" * 201, "a\nb", "a\0b", 7, None, ["a"], {"a": 1})
        for name in names:
            for path, body in (
                ("/api/crud/people", {"real_name": name}),
                ("/api/crud/people/from-cluster", {"person_name": name, "cluster_faces": [{"id": face}]}),
            ):
                assert_error(await club.client.post(path, json=body), 400, 422)
        for box in (
            {}, {"x": 1, "y": 1, "width": 0, "height": 5}, {"x": 1, "y": 1, "width": -5, "height": 5},
            {"x": "a", "y": 1, "width": 1, "height": 1}, {"x": 1e30, "y": 1, "width": 1, "height": 1},
            [1, 2, 3, 4],
        ):  # fmt: skip
            tags = {"photo_id": photo, "image_url": "", "tags": [{"bbox": box}]}
            assert_error(await club.client.post("/api/faces/save-face-tags", json=tags), 400, 422)
        for value in ("NaN", "Infinity", "1e999"):
            raw = f'{{"photo_id": "{photo}", "bbox": {{"x": {value}, "y": 1, "width": 1, "height": 1}}}}'
            answer = await club.client.post(
                "/api/faces/save", content=raw, headers={"content-type": "application/json"}
            )
            assert_error(answer, 400, 422)
        half = b'{"real_name": "\\ud800"}'
        for path in ("/api/crud/people", "/api/crud/galleries", "/api/crud/locations"):
            body = half.replace(
                b"real_name", {"people": b"real_name", "galleries": b"title"}.get(path[10:], b"name")
            )
            headers = {"content-type": "application/json"}
            assert_error(await club.client.post(path, content=body, headers=headers), 400, 422)
        assert [it["id"] for it in await club.faces(photo)] == [face]
        assert await club.get("/api/crud/people") == []

    async def test_ids_that_are_none(self, club: Club) -> None:
        for path in ("people", "galleries", "photographers", "locations", "organizers"):
            for bad, status in ((NOBODY, 404), ("7", 422), ("x" * 500, 422), ("a%00b", 422)):
                for method in ("GET", "DELETE"):
                    assert_error(await club.client.request(method, f"/api/crud/{path}/{bad}"), status, 404)
        for path, body in (
            ("/api/faces/save-face-tags", {"photo_id": NOBODY, "image_url": "", "tags": []}),
            ("/api/faces/save", {"photo_id": NOBODY, "bbox": BOX}),
            ("/api/faces/update", {"face_id": NOBODY, "verified": True}),
            ("/api/faces/get-person-faces", {"person_id": NOBODY}),
            ("/api/galleries/add-images", {"gallery_id": NOBODY, "images": []}),
        ):
            assert_error(await club.client.post(path, json=body), 404)
        assert await club.faces(NOBODY) == []
        assert_error(await club.client.get("/api/s3-proxy/nothing/here.jpg"), 404)
        assert_error(await club.client.get("/api/s3-proxy/a%00b"), 404)

    async def test_wrong_types_of_content(self, sqlite_club: Club) -> None:
        for path in (
            "/api/crud/people",
            "/api/faces/save",
            "/api/recognition/detect",
            "/api/v2/train/execute",
        ):
            for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x", ""):
                for content in (b"", b"nonsense", b"[1]", b"\xff\xd8\xff", b"[" * 100_000):
                    answer = await sqlite_club.client.post(
                        path, content=content, headers={"content-type": kind}
                    )
                    assert_error(answer, 400, 422)

    async def test_too_many(self, sqlite_club: Club) -> None:
        photo, _ = await sqlite_club.tagged(ANA[0])
        for path, body in (
            ("/api/faces/get-batch-photo-faces", {"photo_ids": [NOBODY] * 10_001}),
            ("/api/faces/save-face-tags", {"photo_id": photo, "tags": [{"bbox": BOX}] * 1001}),
            ("/api/galleries/add-images", {"gallery_id": NOBODY, "images": [{"image_url": "a"}] * 1001}),
            ("/api/recognition/recognize", {"embedding": [0.5] * 5000}),
            ("/api/v2/batch-recognize", {"limit": 10_001}),
        ):
            assert_error(await sqlite_club.client.post(path, json=body), 400, 413, 422)
        assert len(await sqlite_club.faces(photo)) == 1
        rows = await sqlite_club.post("/api/faces/get-batch-photo-faces", {"photo_ids": [photo] * 10_000})
        assert len(rows) == 1

    async def test_embeddings_that_are_none(self, sqlite_club: Club) -> None:
        for bad in ([], [0.5] * 512, [0.0] * 128, ["a"] * 128, [None] * 128, "x", [1e308] * 127):
            answer = await sqlite_club.client.post("/api/recognition/recognize", json={"embedding": bad})
            assert_error(answer, 400, 422)
        assert_error(await sqlite_club.client.post("/api/recognition/recognize", json={}), 422)

    async def test_config_that_cannot_be(self, sqlite_club: Club) -> None:
        before = await sqlite_club.get("/api/v2/config")
        for bad in (
            {"quality_filters": {"min_detection_score": 2}}, {"quality_filters": "x"}, {"context_weight": -1},
            {"confidence_thresholds": {"low_data": "x"}}, {"min_faces_per_person": 0},
            {"model_version": "a\0"},
        ):  # fmt: skip
            assert_error(await sqlite_club.client.put("/api/v2/config", json=bad), 422)
        assert await sqlite_club.get("/api/v2/config") == before

    async def test_notes_that_others_wrote(self, sqlite_club: Club) -> None:
        """The core surface lets any metadata be; what does not fit a profile is not shown in it."""
        ana = await sqlite_club.person("Ana", category="A")
        metadata = {
            "category": 7, "avatar_url": ["x"], "paddle_ranking": 3, "use_custom_confidence": True,
            "custom_confidence_threshold": 10**300, "tournament_results": "x",
        }  # fmt: skip
        changed = await sqlite_club.client.put("/persons/1", json={"metadata": metadata})
        assert changed.status_code == 200
        shown = await sqlite_club.get(f"/api/crud/people/{ana}")
        assert (shown["category"], shown["avatar_url"], shown["paddle_ranking"]) == (None, None, 3)
        await sqlite_club.tagged(ANA[0], ana)
        assert len((await sqlite_club.get(f"/api/people/{ana}/photos"))["photos"]) == 1
        await sqlite_club.post("/api/v2/batch-recognize", {})


@pytest.mark.models
class TestAtOnce:
    async def test_saving_one_photo_many_times(self, club: Club) -> None:
        """Whichever comes last, the photo has the faces of one of them, once."""
        url = club.url(ANA[0])
        (photo,) = await club.add(url)
        people = [await club.person(f"P{at}") for at in range(4)]
        box = await club.box(url)
        saved = await asyncio.gather(
            *(club.save_tags(photo, {"bbox": box, "person_id": person}) for person in people),
            *(club.save_tags(photo) for _ in range(2)),
        )
        faces = await club.faces(photo)
        assert len(faces) <= 1
        assert {it["person_id"] for it in faces} <= set(people)
        assert {it["id"] for it in faces} <= {face["face_id"] for it in saved for face in it["faces"]}

    async def test_saving_while_the_gallery_is_deleted(self, club: Club) -> None:
        url = club.url(ANA[0])
        photos = await club.add(*[url] * 4)
        box = await club.box(url)
        saving = [
            club.client.post("/api/faces/save", json={"photo_id": photo, "bbox": box}) for photo in photos
        ]
        deleting = club.client.delete(f"/api/crud/galleries/{club.gallery}")
        *saved, deleted = await asyncio.gather(*saving, deleting)
        assert deleted.status_code == 200
        assert {it.status_code for it in saved} <= {200, 404}
        assert await club.post("/api/faces/get-batch-photo-faces", {"photo_ids": photos}) == []
        assert not [it for it in (club.library.runtime.settings.data / "blobs").rglob("*") if it.is_file()]

    async def test_a_person_deleted_while_tagged(self, club: Club) -> None:
        url = club.url(ANA[0])
        (photo,) = await club.add(url)
        ana, box = await club.person("Ana"), await club.box(url)
        body = {"photo_id": photo, "image_url": url, "tags": [{"bbox": box, "person_id": ana}]}
        saved, deleted = await asyncio.gather(
            club.client.post("/api/faces/save-face-tags", json=body),
            club.client.delete(f"/api/crud/people/{ana}"),
        )
        assert (saved.status_code in {200, 404}, deleted.status_code) == (True, 200)
        assert all(it["person_id"] is None for it in await club.faces(photo))


@pytest_asyncio.fixture
async def stranger(club: Club) -> AsyncIterator[httpx.AsyncClient]:
    """The client of another tenant; `club` itself shows a key of the first from now on."""
    runtime = club.library.runtime
    owner = Principal()
    async with runtime.db.write() as session:
        theirs = await Tenants(session, owner, runtime.clock).create("theirs", Quotas())
        mine = await Keys(session, owner, runtime.clock).create(NewKey("mine", (Scope.ADMIN,), None))
        key = await Keys(session, Principal(theirs.id), runtime.clock).create(
            NewKey("theirs", (Scope.ADMIN,), None)
        )
    club.client.headers["x-api-key"] = mine.secret
    transport = club.client._transport
    headers = {"x-api-key": key.secret}
    async with httpx.AsyncClient(transport=transport, base_url="http://kith", headers=headers) as client:
        yield client


@pytest.mark.models
class TestTenants:
    async def test_see_nothing_of_each_other(self, club: Club, stranger: httpx.AsyncClient) -> None:
        ana = await club.person("Ana")
        photo, face = await club.tagged(ANA[0], ana)
        credit = (await club.post("/api/crud/locations", {"name": "here"}))["id"]
        run = (await club.post("/api/v2/train/execute", {}))["session_id"]
        await club.ask("PUT", "/api/v2/config", {"context_weight": 0.9})
        url = club.url(ANA[1])
        box = {"bbox": BOX}
        for method, path, body in (
            ("GET", f"/api/crud/people/{ana}", None), ("DELETE", f"/api/crud/people/{ana}", None),
            ("PUT", f"/api/crud/people/{ana}", {"real_name": "Eve"}),
            ("GET", f"/api/people/{ana}/photos", None),
            ("PUT", f"/api/people/{ana}/avatar", {"avatar_url": "x"}),
            ("GET", f"/api/crud/galleries/{club.gallery}", None),
            ("DELETE", f"/api/crud/galleries/{club.gallery}", None),
            ("PUT", f"/api/crud/galleries/{club.gallery}", {"title": "x"}),
            ("GET", f"/api/galleries/{club.gallery}/images", None),
            ("POST", "/api/galleries/add-images", {"gallery_id": club.gallery, "images": []}),
            ("DELETE", "/api/galleries/delete-image", {"image_id": photo, "gallery_id": club.gallery}),
            ("PUT", f"/api/galleries/images/{photo}/order", {"display_order": 1}),
            ("GET", f"/api/crud/locations/{credit}", None),
            ("PUT", f"/api/crud/locations/{credit}", {"name": "x"}),
            ("DELETE", f"/api/crud/locations/{credit}", None),
            ("POST", "/api/crud/galleries", {"title": "x", "location_id": credit}),
            ("POST", "/api/faces/save", {"photo_id": photo, **box}),
            ("POST", "/api/faces/save-face-tags", {"photo_id": photo, "tags": []}),
            ("POST", "/api/faces/update", {"face_id": face, "person_id": None}),
            ("DELETE", f"/api/faces/delete/{face}", None),
            ("POST", "/api/faces/get-person-faces", {"person_id": ana}),
            ("POST", "/generate-descriptors", {"image_url": url, "faces": [{**box, "photo_id": photo}]}),
            ("POST", f"/cluster-unknown-faces?gallery_id={club.gallery}", None),
            ("POST", f"/regenerate-unknown-descriptors?gallery_id={club.gallery}", None),
            ("GET", f"/api/v2/train/status/{run}", None), ("GET", f"/api/s3-proxy/photos/{ANA[0]}", None),
        ):  # fmt: skip
            assert_error(await stranger.request(method, path, json=body), 404)
        for path in ("people", "galleries", "locations"):
            assert (await stranger.get(f"/api/crud/{path}")).json() == []
        batch = await stranger.post("/api/faces/get-batch-photo-faces", json={"photo_ids": [photo]})
        assert batch.json() == []
        for path in ("/api/crud/people/from-cluster", "/reject-face-cluster"):
            body = {"person_name": "Eve", "cluster_faces": [{"id": face}], "faces": [{"id": face}]}
            assert_error(await stranger.post(path, json=body), 400)
        found = (await stranger.post("/api/recognition/detect", json={"image_url": url})).json()["faces"]
        assert [it["top_matches"] for it in found] == [[]]
        asked = {"image_url": url, "bbox": found[0]["bbox"]}
        assert (await stranger.post("/api/recognition/recognize", json=asked)).json()["person_id"] is None
        assert (await stranger.get("/api/v2/statistics")).json()["total_faces"] == 0
        assert (await stranger.post("/rebuild-index")).json()["new_count"] == 0
        assert (await stranger.get("/api/v2/config")).json()["context_weight"] == 0.1
        assert (await stranger.get("/api/v2/train/history")).json()["total"] == 0
        assert (await club.post("/api/recognition/recognize", asked))["person_id"] == ana
        assert [it["person_id"] for it in await club.faces(photo)] == [ana]

    async def test_are_erased_with_all_they_have(self, club: Club) -> None:
        await club.tagged(ANA[0], await club.person("Ana"))
        credit = (await club.post("/api/crud/locations", {"name": "here"}))["id"]
        await club.ask("PUT", f"/api/crud/galleries/{club.gallery}", {"location_id": credit})
        await club.post("/api/v2/train/execute", {})
        await club.ask("PUT", "/api/v2/config", {"context_weight": 0.9})
        await club.library.runtime.erase_tenant(Principal(), "default")
        for path in ("people", "galleries", "locations"):
            assert await club.get(f"/api/crud/{path}") == []
        assert (await club.get("/api/v2/train/history"))["total"] == 0
        assert (await club.get("/api/v2/config"))["context_weight"] == 0.1
        assert not [it for it in (club.library.runtime.settings.data / "blobs").rglob("*") if it.is_file()]
