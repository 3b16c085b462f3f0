"""The pictures of photos and faces: made once, kept, sent in parts, never run."""

import asyncio
import io
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from kith.accounts.principal import Principal
from kith.engine.faces import Image as Picture
from kith.engine.image import crop
from kith.kit.blobs import digest
from kith.photos.derived import crop_name, preview_name, thumbnail_name
from tests.support.library import ANA, portrait
from tests.surfaces.conftest import Library

AT = "/api/kith"
SAFE = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'"}


def drawn(width: int, height: int, form: str = "JPEG") -> bytes:
    """A picture whose four quarters have colours of their own."""
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[: height // 2, :, 0] = 200
    pixels[:, : width // 2, 1] = 200
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form)
    return buffer.getvalue()


async def imported(
    library: Library, folder: Path, data: bytes, name: str = "a b’.jpg", *, copy: bool = True
) -> int:
    path = folder / name
    path.write_bytes(data)
    report = await library.runtime.importer(Principal()).run([path], copy=copy, progress=lambda _: None)
    (photo,) = report.added_ids
    return photo


def size_of(answer: httpx.Response) -> tuple[int, int]:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    return Image.open(io.BytesIO(answer.content)).size


class TestDerived:
    async def test_is_made_when_asked_for_and_kept(self, library: Library, tmp_path: Path) -> None:
        data = drawn(2000, 1000)
        photo, client = await imported(library, tmp_path, data), library.client
        blobs = library.runtime.blobs
        for path, name, size in (
            ("thumbnail", thumbnail_name(digest(data)), (320, 160)),
            ("preview", preview_name(digest(data)), (1600, 800)),
        ):
            assert not await blobs.exists(name)
            asked = [client.get(f"{AT}/photos/{photo}/{path}") for _ in range(8)]
            answers = await asyncio.gather(*asked)
            assert {size_of(it) for it in answers} == {size}
            assert await blobs.get(name) == answers[0].content
            assert SAFE.items() <= dict(answers[0].headers).items()

    async def test_may_be_kept_with_its_version(self, sqlite_library: Library, tmp_path: Path) -> None:
        data = drawn(40, 30)
        path = f"{AT}/photos/{await imported(sqlite_library, tmp_path, data)}/preview"
        client = sqlite_library.client
        for version, kept in ((digest(data)[:12], True), ("0" * 12, False), ("", False)):
            answer = await client.get(path, params={"v": version})
            assert ("immutable" in answer.headers["cache-control"]) is kept
            assert answer.headers["cache-control"].startswith("private")
        again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await client.get(path, params={"v": "x" * 65})).status_code == 422

    async def test_what_browsers_cannot_show_has_a_preview(
        self, sqlite_library: Library, tmp_path: Path
    ) -> None:
        photo = await imported(sqlite_library, tmp_path, drawn(30, 20, "TIFF"), "a.tif")
        client = sqlite_library.client
        assert size_of(await client.get(f"{AT}/photos/{photo}/preview")) == (30, 20)
        answer = await client.get(f"{AT}/photos/{photo}/file")
        assert answer.headers["content-type"] == "image/tiff"

    async def test_a_file_that_is_gone(self, library: Library, tmp_path: Path) -> None:
        photo = await imported(library, tmp_path, drawn(40, 30), copy=False)
        (tmp_path / "a b’.jpg").unlink()
        for path in ("thumbnail", "preview", "file"):
            answer = await library.client.get(f"{AT}/photos/{photo}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "file_missing")


class TestFile:
    async def test_is_sent_whole_or_in_part(self, library: Library, tmp_path: Path) -> None:
        data = drawn(40, 30)
        path = f"{AT}/photos/{await imported(library, tmp_path, data)}/file"
        size = len(data)
        whole = await library.client.get(path)
        assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (200, data, "bytes")
        assert whole.headers["content-disposition"] == "inline; filename*=UTF-8''a%20b%E2%80%99.jpg"
        assert SAFE.items() <= dict(whole.headers).items()
        for asked, part in (
            ("bytes=0-9", data[:10]), ("bytes=5-", data[5:]), ("bytes=-7", data[-7:]),
            ("bytes=1-99999999", data[1:]), ("bytes=-99999999", data),
        ):  # fmt: skip
            answer = await library.client.get(path, headers={"range": asked})
            assert (answer.status_code, answer.content) == (206, part), asked
            start = data.index(part) if asked != "bytes=-7" else size - 7
            assert answer.headers["content-range"] == f"bytes {start}-{start + len(part) - 1}/{size}"
        for asked in (f"bytes={size}-", "bytes=9-3", "bytes=-0"):
            answer = await library.client.get(path, headers={"range": asked})
            assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{size}"), asked
        for asked in ("bytes=0-1,3-4", "bytes=-", "bytes=x-", "lines=0-1", f"bytes={'9' * 30}-"):
            assert (await library.client.get(path, headers={"range": asked})).content == data

    async def test_goes_on_only_with_the_same(self, sqlite_library: Library, tmp_path: Path) -> None:
        data = drawn(40, 30)
        path = f"{AT}/photos/{await imported(sqlite_library, tmp_path, data)}/file"
        tag = (await sqlite_library.client.get(path)).headers["etag"]
        for condition, status in ((tag, 206), ('"other"', 200)):
            headers = {"range": "bytes=1-2", "if-range": condition}
            assert (await sqlite_library.client.get(path, headers=headers)).status_code == status

    async def test_head(self, sqlite_library: Library, tmp_path: Path) -> None:
        data = drawn(40, 30)
        path = f"{AT}/photos/{await imported(sqlite_library, tmp_path, data)}/file"
        answer = await sqlite_library.client.head(path)
        assert (answer.status_code, answer.content, answer.headers["content-length"]) == (
            200,
            b"",
            str(len(data)),
        )


class TestCrop:
    @pytest.mark.models
    async def test_is_square_around_the_face(self, library: Library) -> None:
        await library.detect(ANA[0])
        (face,) = await library.get("/faces")
        answer = await library.client.get(f"{AT}/faces/{face['id']}/crop")
        width, height = size_of(answer)
        assert width == height <= 256
        photo = await library.get(f"{AT}/photos/{face['metadata']['photo_id']}")
        folder = crop_name(digest(portrait(ANA[0])), (0, 0, 0, 0)).rpartition("/")[0]
        kept = [it.name for it in (library.runtime.settings.data / "blobs" / folder).iterdir()]
        assert len([it for it in kept if it.startswith("at-")]) == 1
        assert photo["faces"][0]["face_id"] == face["id"]

    async def test_of_nobody(self, library: Library) -> None:
        answer = await library.client.get(f"{AT}/faces/77/crop")
        assert (answer.status_code, answer.json()["code"]) == (404, "face_not_found")

    def test_stays_within_the_picture(self) -> None:
        pixels = np.zeros((50, 100, 3), dtype=np.uint8)
        pixels[:, 50:] = 255
        image = Picture(pixels, 200, 100)
        for box in ((150, 20, 190, 60), (180, 70, 260, 150), (-50, -50, 400, 400), (10, 10, 10, 10)):
            width, height = Image.open(io.BytesIO(crop(image, box))).size
            assert 1 <= width == height <= 50
        bright = np.asarray(Image.open(io.BytesIO(crop(image, (150, 20, 190, 60)))))
        assert bright.mean() > 250
