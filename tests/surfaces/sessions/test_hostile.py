"""What clients send by mistake or on purpose: answered in this surface's form, never by an accident."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kith.app import create_app
from kith.faces.tables import Face
from kith.kit.limits import MemoryLimiter
from kith.photos.tables import File, Photo
from kith.runtime import open_runtime
from kith.setting_groups import LimitSettings, SessionsSettings, SourceSettings, SurfaceSettings
from kith.surfaces.sessions.routes import PREFIXES
from tests.support.client import connected
from tests.support.clock import ManualClock
from tests.support.library import ANA, portrait
from tests.surfaces.conftest import Library
from tests.surfaces.sessions.conftest import found, index, key_of, sessions_settings

pytestmark = pytest.mark.models

SOUND_IDS = (
    "a/b",
    "/a//b/",
    "ü ❤ 日本",
    "x" * 255,
    "batch",
    "status/s",
    "a?b#c&d=e%2F",
    "DROP TABLE photos; --",
    "..",
    " ",
)


def quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def assert_error(answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body.keys() == {"detail", "error"}
    assert body["error"].keys() == {"code", "message", "details"}
    assert body["detail"] == body["error"]["message"]


class TestIds:
    async def test_any_text(self, shop: Library) -> None:
        for session in SOUND_IDS:
            await index(shop, session, {session: ANA[0]})
            assert await found(shop, session, portrait(ANA[1])) == [session]
        for session in SOUND_IDS:
            status = await shop.client.get(f"/api/v2/search/status/{quoted(session)}")
            assert (status.json()["session_id"], status.json()["photo_count"]) == (session, 1)
            answer = await shop.client.delete(f"/api/v2/index/{quoted(session)}")
            assert answer.json()["embeddings_removed"] == 1

    async def test_what_is_no_id(self, shop: Library) -> None:
        for bad in ("", "x" * 500, "a\0b", None, True, 1.5, ["a"]):
            for body in (
                {"photo_id": bad, "session_id": "s", "s3_key": "k"},
                {"photo_id": "p", "session_id": bad, "s3_key": "k"},
            ):
                assert_error(await shop.client.post("/api/v2/index", json=body), 400)
        half = b'{"photo_id": "\\ud800", "session_id": "s", "s3_key": "k"}'
        assert_error(await shop.client.post("/api/v2/index", content=half), 400)
        for path in ("/api/v2/search/status/" + "x" * 500, "/api/v2/search/status/a%00b"):
            assert_error(await shop.client.get(path), 400)
        assert_error(await shop.client.delete("/api/v2/index/" + "x" * 500), 400)

    async def test_numbers_are_ids_too(self, sqlite_shop: Library) -> None:
        body = {"photo_id": 7, "session_id": 9, "s3_key": key_of(ANA[0])}
        assert (await sqlite_shop.client.post("/api/v2/index", json=body)).json()["photo_id"] == "7"
        assert await found(sqlite_shop, "9", portrait(ANA[0])) == ["7"]


class TestBatches:
    async def test_sizes(self, sqlite_shop: Library) -> None:
        for count, status in ((0, 400), (1, 201), (1001, 413), (10_000, 413)):
            photos = [{"photo_id": str(at), "s3_key": "nothing.jpg"} for at in range(count)]
            body = {"session_id": "s", "photos": photos}
            answer = await sqlite_shop.client.post("/api/v2/index/batch", json=body)
            assert answer.status_code == status
            assert status == 201 or answer.json()["error"]["code"] in {"VALIDATION_ERROR", "BATCH_TOO_LARGE"}

    async def test_one_photo_twice(self, sqlite_shop: Library) -> None:
        photo = {"photo_id": "a", "s3_key": key_of(ANA[0])}
        body = {"session_id": "s", "photos": [photo, photo]}
        done = (await sqlite_shop.client.post("/api/v2/index/batch", json=body)).json()
        assert (done["indexed"], done["failed"], done["total"]) == (2, 0, 2)
        assert (await sqlite_shop.get("/api/v2/search/status/s"))["photo_count"] == 1

    async def test_keys_from_outside_are_told_of_each(self, sqlite_shop: Library) -> None:
        keys = [
            "../../etc/passwd",
            "/etc/passwd",
            "a\0b",
            "",
            "x" * 5000,
            "README.md",
            "malformed",
            key_of(ANA[0]),
        ]
        photos = [{"photo_id": str(at), "s3_key": key} for at, key in enumerate(keys)]
        answer = await sqlite_shop.client.post(
            "/api/v2/index/batch", json={"session_id": "s", "photos": photos}
        )
        done = answer.json()
        assert (answer.status_code, done["indexed"], done["failed"]) == (201, 1, 7)
        assert len(done["errors"]) == 7
        assert all(10 < len(error) < 200 and "root" not in error for error in done["errors"])
        for key in keys[:5]:
            body = {"photo_id": "p", "session_id": "s", "s3_key": key}
            assert_error(await sqlite_shop.client.post("/api/v2/index", json=body), 400)


class TestPictures:
    async def test_that_cannot_be_indexed(self, shop: Library) -> None:
        """Clients raise an error of their own for any other status, and go no further."""
        broken, text = portrait(ANA[0])[:300], b"text" * 100
        asked: list[dict[str, Any]] = [
            *({"json": {"s3_key": key}} for key in ("gone.jpg", "README.md", "malformed")),
            *({"data": {}, "files": {"file": data}} for data in (broken, text, b"")),
        ]
        for body in asked:
            for prefix in PREFIXES:
                (kind,) = body.keys() & {"json", "data"}
                sent = {**body, kind: {**body[kind], "photo_id": 1, "session_id": "s"}}
                answer = await shop.client.post(f"{prefix}/index", **sent)
                told = answer.json()
                assert (answer.status_code, told["indexed"], told["photo_id"]) == (201, False, "1"), body
                assert (told["confidence"], told["faces_detected"]) == (None, 0)
                assert len(told["error"]) > 10
        async with shop.runtime.db.read() as session:
            counts = [
                await session.scalar(select(func.count()).select_from(it)) for it in (Photo, File, Face)
            ]
        assert counts == [0, 0, 0]
        assert not [it for it in (shop.runtime.settings.data / "blobs").rglob("*") if it.is_file()]
        assert (await shop.get("/api/v2/search/status/s"))["indexed"] is False

    async def test_that_are_not_there_leave_what_was(self, sqlite_shop: Library) -> None:
        await index(sqlite_shop, "s", {"a": ANA[0]})
        body = {"photo_id": "a", "session_id": "s", "s3_key": "gone.jpg"}
        assert (await sqlite_shop.client.post("/api/v2/index", json=body)).json()["indexed"] is False
        assert await found(sqlite_shop, "s", portrait(ANA[1])) == ["a"]

    async def test_without_sources(self, packs_folder: Path, tmp_path: Path) -> None:
        """What the server lacks is no fault of the picture: clients are to come back."""
        settings = sessions_settings(tmp_path / "data", packs_folder, sources=SourceSettings())
        async with connected(create_app(settings)) as client:
            body = {"photo_id": "a", "session_id": "s", "s3_key": "a.jpg"}
            assert_error(await client.post("/api/v2/index", json=body), 503)


class TestRequests:
    async def test_wrong_types_of_content(self, sqlite_shop: Library) -> None:
        for path in (
            "/api/v2/index",
            "/api/v2/index/batch",
            "/api/v2/search",
            "/api/v2/faces/search-session",
        ):
            for kind in (
                "text/plain",
                "application/json",
                "multipart/form-data",
                "multipart/form-data; boundary=x",
                "",
            ):
                for content in (b"", b"nonsense", b"[1]", b"\xff\xd8\xff"):
                    headers = {"content-type": kind}
                    answer = await sqlite_shop.client.post(path, content=content, headers=headers)
                    assert_error(answer, 400)

    async def test_numbers_out_of_range(self, sqlite_shop: Library) -> None:
        await index(sqlite_shop, "s", {"a": ANA[0]})
        for field, values in {
            "threshold": ("-1", "1.1", "NaN", "x"),
            "limit": ("0", "1001", "1.5", "x"),
        }.items():
            for value in values:
                answer = await sqlite_shop.client.post(
                    "/api/v2/search", files={"file": portrait(ANA[0])}, data={"session_id": "s", field: value}
                )
                assert_error(answer, 400)
        answer = await sqlite_shop.client.post("/api/v2/search", files={"file": portrait(ANA[0])})
        assert_error(answer, 400)

    async def test_neither_file_nor_key(self, sqlite_shop: Library) -> None:
        body = {"photo_id": "a", "session_id": "s"}
        assert_error(await sqlite_shop.client.post("/api/v2/index", json=body), 400)
        assert_error(await sqlite_shop.client.post("/api/v2/index", data=body), 400)

    async def test_a_body_too_large(self, packs_folder: Path, tmp_path: Path) -> None:
        settings = sessions_settings(tmp_path / "data", packs_folder, limits=LimitSettings(upload_bytes=2000))
        async with connected(create_app(settings)) as client:
            for path in ("/api/v2/index", "/api/v2/index/batch", "/api/v2/search"):
                assert_error(await client.post(path, files={"file": b" " * 3000}), 413)

    async def test_too_often(self, packs_folder: Path, tmp_path: Path, clock: ManualClock) -> None:
        surfaces = SurfaceSettings(sessions=SessionsSettings(index_per_minute=2, searches_per_minute=3))
        settings = sessions_settings(tmp_path / "data", packs_folder, surfaces=surfaces)
        async with (
            open_runtime(settings, clock=clock) as runtime,
            connected(create_app(settings, runtime)) as client,
        ):
            runtime.limiter = MemoryLimiter(lambda: clock.now().timestamp())
            for path, method, count in (
                ("/api/v2/index/s", "DELETE", 2),
                ("/api/v1/search/status/s", "GET", 3),
            ):
                answers = [await client.request(method, path) for _ in range(count + 1)]
                assert [answer.status_code for answer in answers] == [200] * count + [429]
                assert_error(answers[-1], 429)
                assert answers[-1].json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
                clock.advance(seconds=int(answers[-1].headers["retry-after"]))
                assert (await client.request(method, path)).status_code == 200
