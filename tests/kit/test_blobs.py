"""Bytes in a local folder and in an S3 bucket, behind one face."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kith.kit.blobs import Blobs, blob_name, digest
from kith.kit.errors import BlobNotFound, StorageFull, StorageUnavailable
from tests.support.buckets import bucket, s3

__all__ = ["bucket", "s3"]


@pytest.fixture(params=["folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """An empty store: a folder, then a prefix in a bucket."""
    if request.param == "folder":
        return Blobs.open(tmp_path / "blobs")
    return Blobs.open(f"{request.getfixturevalue('bucket')}/{tmp_path.name}")


class TestStore:
    @pytest.mark.parametrize("data", [b"", b"a", bytes(range(256)) * 4096], ids=["none", "one", "1 MiB"])
    async def test_gives_back_what_was_put(self, blobs: Blobs, data: bytes) -> None:
        name = blob_name(digest(data))
        await blobs.put(name, data)
        assert await blobs.get(name) == data

    async def test_knows_what_it_has(self, blobs: Blobs) -> None:
        assert not await blobs.exists("a/b")
        await blobs.put("a/b", b"x")
        assert await blobs.exists("a/b")
        assert not await blobs.exists("a")

    async def test_a_name_keeps_its_first_bytes(self, blobs: Blobs) -> None:
        await blobs.put("a", b"first")
        await blobs.put("a", b"other")
        assert await blobs.get("a") == b"first"

    @pytest.mark.parametrize("cut", [b"", b"fir", b"first and more"], ids=["empty", "short", "long"])
    async def test_what_was_cut_short_is_written_anew(self, blobs: Blobs, cut: bytes) -> None:
        await blobs.put("a", cut)
        await blobs.put("a", b"first")
        assert await blobs.get("a") == b"first"

    async def test_puts_of_one_name_at_once(self, blobs: Blobs) -> None:
        data = os.urandom(200_000)
        await asyncio.gather(*(blobs.put("a/b/c", data) for _ in range(8)))
        assert await blobs.get("a/b/c") == data

    async def test_missing(self, blobs: Blobs) -> None:
        with pytest.raises(BlobNotFound):
            await blobs.get("nothing/here")

    async def test_delete(self, blobs: Blobs) -> None:
        await blobs.put("a", b"x")
        await blobs.delete("a")
        assert not await blobs.exists("a")
        with pytest.raises(BlobNotFound):
            await blobs.get("a")

    async def test_deleting_what_is_not_there(self, blobs: Blobs) -> None:
        await blobs.delete("nothing/here")


class TestFolder:
    async def test_is_made_when_missing(self, tmp_path: Path) -> None:
        await Blobs.open(tmp_path / "a" / "b").put("c", b"x")
        assert (tmp_path / "a" / "b" / "c").read_bytes() == b"x"

    async def test_another_process_finds_the_bytes(self, tmp_path: Path) -> None:
        await Blobs.open(tmp_path).put("a", b"x")
        assert await Blobs.open(str(tmp_path)).get("a") == b"x"

    async def test_a_file_in_the_way(self, tmp_path: Path) -> None:
        (tmp_path / "originals").write_text("in the way")
        with pytest.raises(StorageUnavailable):
            await Blobs.open(tmp_path).put(blob_name(digest(b"x")), b"x")

    def test_a_disk_that_is_full(self, tmp_path: Path) -> None:
        """In a process of its own, on a disk of 256 KiB: the error says so and nothing half-written stays."""
        enter = [shutil.which("unshare") or "", "--user", "--map-root-user", "--mount", "sh", "-c"]
        mount = "mount -t tmpfs -o size=256k none "
        if not enter[0] or subprocess.run([*enter, f"{mount} {tmp_path}"], check=False).returncode:
            pytest.skip("needs the right to mount a small disk")
        answer = subprocess.run(
            [*enter, f"{mount} {tmp_path} && exec {sys.executable} -c '{FILL}' {tmp_path}"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert answer.stdout.split() == [StorageFull.__name__, "small"], answer.stderr


# Prints the error of a write that does not fit, then the files there are.
FILL = """
import asyncio, sys
from pathlib import Path
from kith.kit.blobs import Blobs

async def main():
    blobs = Blobs.open(Path(sys.argv[1]))
    await blobs.put("small", b"x")
    try:
        await blobs.put("large", bytes(1_000_000))
    except Exception as error:
        print(type(error).__name__)

asyncio.run(main())
print(*sorted(path.name for path in Path(sys.argv[1]).rglob("*")))
"""


class TestBucket:
    async def test_two_prefixes_are_two_stores(self, bucket: str, tmp_path: Path) -> None:
        left = Blobs.open(f"{bucket}/{tmp_path.name}/left")
        await left.put("a", b"x")
        assert not await Blobs.open(f"{bucket}/{tmp_path.name}/right").exists("a")
        assert await Blobs.open(f"{bucket}/{tmp_path.name}/left").get("a") == b"x"

    async def test_that_does_not_exist(self, bucket: str) -> None:
        with pytest.raises(StorageUnavailable):
            await Blobs.open(f"{bucket}-not").put("a", b"x")

    async def test_server_that_is_away(self, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        with pytest.raises(StorageUnavailable):
            await Blobs.open(bucket, retry_config={"max_retries": 1}).get("a")


def test_a_blob_is_named_by_its_digest() -> None:
    sha256 = digest(b"x")
    assert blob_name(sha256) == f"originals/{sha256[:2]}/{sha256[2:4]}/{sha256}"
