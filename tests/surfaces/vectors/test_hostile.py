"""What clients send by mistake or on purpose: answered in the form of its part, never by an accident."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kith.app import create_app
from kith.faces.tables import Face
from kith.photos.tables import Photo
from kith.runtime import open_runtime
from kith.setting_groups import LimitSettings, SurfaceSettings, VectorsSettings
from tests.support.client import connected
from tests.support.library import ANA, library_settings, portrait
from tests.support.shared import shared_path
from tests.surfaces.conftest import NO_WORKER, Library
from tests.surfaces.vectors.conftest import TENANT, ask

pytestmark = pytest.mark.models

ACTS = ("/index_face", "/api/search_face", "/compare_face")
JSON = ("/api/v1/search", "/api/v1/enroll_identity", "/api/v1/verify", "/api/v1/identity_safe_search")


def assert_full(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body.keys() == {"code", "message", "request_id", "details"}
    assert (body["code"], body["request_id"]) == (code, answer.headers["x-request-id"])


def assert_detail(answer: Any, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    assert answer.json().keys() == {"detail"}


class TestPictures:
    async def test_that_are_none(self, sqlite_library: Library) -> None:
        for act in ACTS:
            for data, code in ((b"", "empty_file"), (b"x" * 1000, "invalid_image_format"),
                               (portrait(ANA[0])[:500], "invalid_image_format")):  # fmt: skip
                assert_full(await ask(sqlite_library, "POST", act, files={"file": data}), 400, code)
            assert_full(await ask(sqlite_library, "POST", act), 422, "request_invalid")
            assert_full(await ask(sqlite_library, "POST", act, data={"file": "text"}), 422, "request_invalid")

    async def test_that_are_broken(self, sqlite_library: Library) -> None:
        for path in sorted(shared_path("data", "malformed").iterdir())[:25]:
            if path.stat().st_size > 5_000_000:
                continue
            data = path.read_bytes()
            answer = await ask(sqlite_library, "POST", "/compare_face", files={"file": (path.name, data)})
            assert answer.status_code < 500, path.name
            body = {"tenant_id": TENANT, "image_b64": base64.b64encode(data).decode()}
            answer = await sqlite_library.client.post("/api/v1/search", json=body)
            assert answer.status_code < 500, path.name

    async def test_that_are_too_large(self, packs_folder: Path, tmp_path: Path) -> None:
        settings = library_settings(
            tmp_path / "data", packs_folder, worker=NO_WORKER, limits=LimitSettings(upload_bytes=20_000),
            surfaces=SurfaceSettings(vectors=VectorsSettings(image_bytes=5_000)),
        )  # fmt: skip
        async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
            library = Library(client, runtime)
            for size in (5_001, 50_000):
                for act in ACTS:
                    answer = await ask(library, "POST", act, files={"file": b"x" * size})
                    assert_full(answer, 413, "image_too_large")
                body = {"tenant_id": TENANT, "image_b64": base64.b64encode(b"x" * size).decode()}
                assert_detail(await client.post("/api/v1/search", json=body), 413)
                files = {"image": b"x" * size}
                answer = await client.post("/api/v1/search", data={"tenant_id": TENANT}, files=files)
                assert answer.status_code == 413


class TestValues:
    async def test_numbers_of_results(self, sqlite_library: Library) -> None:
        files = {"file": portrait(ANA[0])}
        for top, status, code in ((0, 400, "invalid_top_k"), (-1, 400, "invalid_top_k"),
                                  ("x", 422, "request_invalid"), (10**30, 200, "")):  # fmt: skip
            answer = await ask(sqlite_library, "POST", "/compare_face", files=files, params={"top_k": top})
            assert answer.status_code == status
            assert answer.json().get("code", "") == code
        for threshold in (-0.1, 1.1, "nan", "inf", "x"):
            query = {"threshold": threshold}
            answer = await ask(sqlite_library, "POST", "/compare_face", files=files, params=query)
            assert_full(answer, 422, "request_invalid")

    async def test_vectors(self, sqlite_library: Library) -> None:
        length = (await sqlite_library.runtime.recognition()).engine.space.dimension
        for vector in ([], [0.0] * length, [1e400] * length, [1.0] * (length + 1), ["a"], [None], "text", {}):
            content = json.dumps({"tenant_id": TENANT, "vector": vector})
            headers = {"content-type": "application/json"}
            answer = await sqlite_library.client.post("/api/v1/search", content=content, headers=headers)
            assert_detail(answer, 422)
        for vector in ([1e38] * length, [1e-300] * length):
            body = {"tenant_id": TENANT, "vector": vector}
            assert (await sqlite_library.client.post("/api/v1/search", json=body)).status_code == 200

    async def test_bodies_and_names(self, library: Library) -> None:
        headers = {"content-type": "application/json"}
        for path in JSON:
            for content in (b"", b"null", b"[]", b"{", b"\xff", b'{"tenant_id": "\\ud800\\ud800\\ud800"}'):
                answer = await library.client.post(path, content=content, headers=headers)
                assert_detail(answer, 400, 422)
        image = base64.b64encode(portrait(ANA[0])).decode()
        for identity in ("a\0b", "x" * 129, "", None, 7):
            body = {"tenant_id": TENANT, "identity_id": identity, "image_b64": image}
            assert_detail(await library.client.post("/api/v1/verify", json=body), 404, 422)
            body = {"tenant_id": TENANT, "identity_id": identity, "images_b64": [image, image]}
            assert_detail(await library.client.post("/api/v1/enroll_identity", json=body), 422)
        for name in ("x" * 101, "a\0bc", "'; DROP TABLE", "Ünïcode", "../etc"):
            body = {"tenant_id": name, "vector": [1.0]}
            assert_detail(await library.client.post("/api/v1/search", json=body), 400, 422)

    async def test_webhooks(self, library: Library) -> None:
        sound = {"url": "https://93.184.216.34/", "events": ["face.indexed"]}
        for wrong, status in (
            ({"secret": "a\0b"}, 400), ({"url": "https://93.184.216.34/\0"}, 400), ({"events": []}, 422),
            ({"events": ["a\0"]}, 400), ({"timeout": 0}, 400), ({"retry_count": 10**9}, 400),
            ({"url": None}, 422),
        ):  # fmt: skip
            answer = await ask(library, "POST", "/webhooks/register", json={**sound, **wrong})
            assert answer.status_code == status, (wrong, answer.text)
        half = b'{"url": "https://93.184.216.34/", "events": ["\\ud800"], "secret": "\\ud800"}'
        headers = {"content-type": "application/json"}
        answer = await ask(library, "POST", "/webhooks/register", content=half, headers=headers)
        assert_full(answer, 400, "invalid_webhook_events")
        for url in ("a\0", "", "https://93.184.216.34/"):
            answer = await ask(library, "DELETE", "/webhooks/unregister", params={"url": url})
            assert_full(answer, 404, "webhook_not_found")

    async def test_pictures_under_names_that_lead_elsewhere(self, sqlite_library: Library) -> None:
        for key in ("%2e%2e/%2e%2e/etc/passwd", f"{TENANT}/../x", "x" * 900, f"{TENANT}/%00", "%ff"):
            answer = await ask(sqlite_library, "GET", f"/images/thumbnails/{key}")
            assert answer.status_code in {404, 422}
        assert (await ask(sqlite_library, "GET", "/images/audit-logs/x")).status_code == 422


class TestAtOnce:
    async def test_the_same_picture_is_one(self, library: Library) -> None:
        sent = [ask(library, "POST", act, files={"file": portrait(ANA[0])}) for act in ACTS[:2] * 5]
        assert {it.status_code for it in await asyncio.gather(*sent)} == {200}
        async with library.runtime.db.read() as session:
            assert await session.scalar(select(func.count(Photo.id))) == 1
            assert await session.scalar(select(func.count(Face.id))) == 1

    async def test_a_new_tenant_is_made_once(self, library: Library) -> None:
        sent = [ask(library, "GET", "/webhooks/list", "brand-new") for _ in range(10)]
        assert {it.status_code for it in await asyncio.gather(*sent)} == {200}

    async def test_an_identity_is_one_person(self, library: Library) -> None:
        images = [base64.b64encode(portrait(name)).decode() for name in ANA[:2]]
        body = {"tenant_id": TENANT, "identity_id": "ana", "images_b64": images}
        sent = [library.client.post("/api/v1/enroll_identity", json=body) for _ in range(5)]
        assert {it.status_code for it in await asyncio.gather(*sent)} == {200}
        async with library.runtime.db.read() as session:
            assert len(set(await session.scalars(select(Face.person_id)))) == 1
