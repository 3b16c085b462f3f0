"""Pictures elsewhere, in a folder and in a bucket: read by their keys, and by no key from outside."""

import os
from pathlib import Path

import obstore
import pytest
from obstore.store import from_url

from kith.engine.errors import EmptyImage, ImageTooLarge
from kith.errors import AppError
from kith.kit.errors import SourceKeyInvalid, SourceNotFound, SourcesNotSet, StorageUnavailable
from kith.kit.sources import Sources
from tests.support.buckets import bucket, s3

__all__ = ["bucket", "s3"]

PICTURES = {
    "a.jpg": b"a", "shoot/1/b c.jpg": b"b", "ü/❤.jpg": b"c", "100%25.jpg": b"d", "a#b?c.jpg": b"e",
    "large.jpg": b"x" * 101, "empty.jpg": b"",
}  # fmt: skip
OUTSIDE = (
    "../../etc/passwd", "/etc/passwd", "shoot/../../x", "a\0b", "", "x" * 5000, "./a.jpg", "a//b", "..",
    "shoot/", "\ud800", "a\nb",
)  # fmt: skip


@pytest.fixture(params=["folder", "s3"])
def sources(request: pytest.FixtureRequest, tmp_path: Path) -> Sources:
    """The pictures above: in a folder, then under a prefix in a bucket."""
    if request.param == "folder":
        for name, data in PICTURES.items():
            (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "in" / name).write_bytes(data)
        return Sources.open(str(tmp_path / "in"))
    url = f"{request.getfixturevalue('bucket')}/{tmp_path.name}"
    store = from_url(url)
    for name, data in PICTURES.items():
        obstore.put(store, name, data)
    return Sources.open(url)


class TestRead:
    async def test_gives_what_is_there(self, sources: Sources) -> None:
        for name, data in PICTURES.items():
            if 0 < len(data) <= 100:
                assert await sources.read(name, 100) == data, name

    async def test_what_is_not_there(self, sources: Sources) -> None:
        for key in ("b.jpg", "shoot", "a.jpg/b", "shoot/1"):
            with pytest.raises(SourceNotFound):
                await sources.read(key, 100)

    @pytest.mark.parametrize("key", OUTSIDE)
    async def test_no_key_leads_out(self, sources: Sources, key: str) -> None:
        with pytest.raises(SourceKeyInvalid) as caught:
            await sources.read(key, 100)
        assert "passwd" not in caught.value.detail

    async def test_sizes(self, sources: Sources) -> None:
        with pytest.raises(ImageTooLarge):
            await sources.read("large.jpg", 100)
        with pytest.raises(EmptyImage):
            await sources.read("empty.jpg", 100)


class TestFolder:
    async def test_links_do_not_lead_out(self, tmp_path: Path) -> None:
        inside = tmp_path / "in"
        inside.mkdir()
        (tmp_path / "secret.jpg").write_bytes(b"secret")
        (inside / "link.jpg").symlink_to(tmp_path / "secret.jpg")
        (inside / "up").symlink_to(tmp_path, target_is_directory=True)
        (inside / "loop").symlink_to(inside / "loop")
        sources = Sources.open(str(inside))
        for key in ("link.jpg", "up/secret.jpg", "loop"):
            with pytest.raises(AppError) as caught:
                await sources.read(key, 100)
            assert isinstance(caught.value, SourceKeyInvalid | SourceNotFound), key

    async def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.jpg")
        with pytest.raises(SourceNotFound):
            await Sources.open(str(tmp_path)).read("pipe.jpg", 100)

    def test_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(StorageUnavailable):
            Sources.open(str(tmp_path / "nothing"))


async def test_none_is_set() -> None:
    with pytest.raises(SourcesNotSet):
        await Sources.open(None).read("a.jpg", 100)
