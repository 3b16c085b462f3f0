"""Getting a photo's bytes back, from stores and folders that may be away, changed or gone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kith.kit.blobs import Blobs, digest
from kith.kit.errors import BlobNotFound, StorageUnavailable
from kith.kit.sources import Sources
from kith.photos.errors import FileMissing, FileUnreadable
from kith.photos.files import read_photo
from kith.photos.tables import File, Photo, Storage

DATA = b"the picture"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def photo() -> Photo:
    return Photo(
        id=1, tenant_id=1, gallery_id=1, sha256=digest(DATA), original_name="a.png", size_bytes=len(DATA),
        media_type="image/png", width_px=1, height_px=1, created_at=NOW,
    )  # fmt: skip


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs.open(tmp_path / "blobs")


def file(storage: Storage, location: str | Path) -> File:
    return File(photo_id=1, storage=storage, location=str(location), size_bytes=len(DATA), created_at=NOW)


async def read(photo: Photo, blobs: Blobs, *files: File) -> bytes:
    return await read_photo(photo, files, blobs, Sources.open(None), max_bytes=100)


class TestReadPhoto:
    async def test_from_a_folder(self, photo: Photo, blobs: Blobs, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(DATA)
        assert await read(photo, blobs, file(Storage.FOLDER, tmp_path / "a.png")) == DATA

    async def test_from_the_store(self, photo: Photo, blobs: Blobs) -> None:
        await blobs.put("a", DATA)
        assert await read(photo, blobs, file(Storage.BLOB, "a")) == DATA

    async def test_from_the_first_that_has_them(self, photo: Photo, blobs: Blobs, tmp_path: Path) -> None:
        changed, sound = tmp_path / "changed.png", tmp_path / "sound.png"
        changed.write_bytes(b"something else")
        sound.write_bytes(DATA)
        files = [file(Storage.FOLDER, path) for path in (tmp_path / "gone.png", changed, sound)]
        assert await read(photo, blobs, file(Storage.BLOB, "gone"), *files) == DATA

    async def test_no_file(self, photo: Photo, blobs: Blobs) -> None:
        with pytest.raises(FileMissing, match="no file left"):
            await read(photo, blobs)

    async def test_another_picture(self, photo: Photo, blobs: Blobs, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(b"something else")
        with pytest.raises(FileMissing, match="another picture"):
            await read(photo, blobs, file(Storage.FOLDER, tmp_path / "a.png"))

    async def test_the_last_failure_counts(self, photo: Photo, blobs: Blobs, tmp_path: Path) -> None:
        gone, folder = file(Storage.BLOB, "gone"), file(Storage.FOLDER, tmp_path)
        with pytest.raises(FileUnreadable):
            await read(photo, blobs, gone, folder)
        with pytest.raises(BlobNotFound):
            await read(photo, blobs, folder, gone)


class TestStoreThatIsAway:
    @pytest.fixture
    def away(self, monkeypatch: pytest.MonkeyPatch) -> Blobs:
        for name, value in {
            "ENDPOINT_URL": "http://127.0.0.1:1", "ALLOW_HTTP": "true", "REGION": "us-east-1",
            "ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"AWS_{name}", value)
        return Blobs.open("s3://photos", retry_config={"max_retries": 0})

    async def test_is_no_reason_to_fail_the_photo(self, photo: Photo, away: Blobs, tmp_path: Path) -> None:
        stored, gone = file(Storage.BLOB, "a"), file(Storage.FOLDER, tmp_path / "gone.png")
        for files in ([stored, gone], [gone, stored]):
            with pytest.raises(StorageUnavailable):
                await read(photo, away, *files)

    async def test_is_not_needed_where_another_file_is(
        self, photo: Photo, away: Blobs, tmp_path: Path
    ) -> None:
        (tmp_path / "a.png").write_bytes(DATA)
        files = file(Storage.BLOB, "a"), file(Storage.FOLDER, tmp_path / "a.png")
        assert await read(photo, away, *files) == DATA
