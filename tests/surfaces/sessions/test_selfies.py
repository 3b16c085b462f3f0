"""A selfie is searched by, and left nowhere: not in the data, not in a temporary file, not in a table."""

import hashlib
import io
import tempfile
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from kith.kit.db import Base
from tests.support.library import ANA, ANDRE, portrait
from tests.support.shared import shared_path
from tests.support.tiny_library import picture
from tests.surfaces.conftest import Library
from tests.surfaces.sessions.conftest import found, index

pytestmark = pytest.mark.models


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that temporary files go to."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


async def rows(shop: Library) -> dict[str, int]:
    async with shop.runtime.db.read() as session:
        return {
            name: await session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name != "audit_entries"  # that somebody searched is noted, with numbers only
        }


def holding(folder: Path, data: bytes) -> list[Path]:
    """The files that hold these bytes, or a good part of them."""
    part = data[len(data) // 2 :][:64]
    return [path for path in folder.rglob("*") if path.is_file() and part in path.read_bytes()]


class TestSelfies:
    async def test_are_written_nowhere(self, shop: Library, temporary: Path) -> None:
        await index(shop, "s", {"a": ANA[0]})
        data = shop.runtime.settings.data
        # Larger than what an upload may have before most servers write it to a file.
        selfie = portrait(ANA[1]) + hashlib.sha256(b"padding").digest() * 100_000
        assert await found(shop, "s", selfie) == ["a"]
        before = await rows(shop)
        names = {path for path in data.rglob("*") if path.is_file()}
        for path in ("/api/v2/search", "/api/v1/search", "/api/v2/faces/search-session"):
            answer = await shop.client.post(path, files={"file": selfie}, data={"session_id": "s"})
            assert answer.status_code == 200
        assert await rows(shop) == before
        assert {path for path in data.rglob("*") if path.is_file()} == names
        assert holding(data / "blobs", selfie) == holding(data / "index", selfie) == []
        assert list(temporary.iterdir()) == []

    async def test_of_three_people_the_largest_face_counts(self, sqlite_shop: Library) -> None:
        await index(sqlite_shop, "s", {"ana": ANA[0], "andre": ANDRE[0]})
        sheet = Image.new("RGB", (1000, 500))
        sheet.paste(Image.open(io.BytesIO(portrait(ANA[1]))).resize((500, 500)), (0, 0))
        for at in range(2):
            small = Image.open(io.BytesIO(portrait(ANDRE[at + 1]))).resize((250, 250))
            sheet.paste(small, (500 + 250 * at, 0))
        file = io.BytesIO()
        sheet.save(file, "PNG")
        assert await found(sqlite_shop, "s", file.getvalue()) == ["ana"]

    async def test_without_a_face(self, sqlite_shop: Library) -> None:
        await index(sqlite_shop, "s", {"ana": ANA[0]})
        answer = await sqlite_shop.client.post(
            "/api/v2/search", files={"file": picture()}, data={"session_id": "s"}
        )
        assert (answer.status_code, answer.json()["matches"]) == (200, [])
        assert answer.json()["message"] == "No face detected in the picture"

    async def test_that_is_no_picture(self, sqlite_shop: Library) -> None:
        await index(sqlite_shop, "s", {"ana": ANA[0]})
        for data in (b"", b"text" * 100, shared_path("data", "README.md").read_bytes()):
            answer = await sqlite_shop.client.post(
                "/api/v2/search", files={"file": data}, data={"session_id": "s"}
            )
            assert answer.status_code == 400, answer.text
            assert answer.json()["error"]["code"].startswith("IMAGE_")
