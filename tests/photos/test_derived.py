"""Where thumbnails are, and that storing one twice, or after an interruption, is storing it once."""

from pathlib import Path

from kith.engine.image import Derived
from kith.kit.blobs import Blobs, digest
from kith.photos.derived import store_derived, thumbnail_name

SHA256 = digest(b"the picture")


class TestNames:
    def test_follow_from_the_digest(self) -> None:
        assert thumbnail_name(SHA256) == f"derived/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}/thumbnail.webp"


class TestStore:
    async def test_again_and_over_what_was_cut_short(self, tmp_path: Path) -> None:
        blobs = Blobs.open(tmp_path)
        await blobs.put(thumbnail_name(SHA256), b"sma")
        for _ in range(2):
            await store_derived(blobs, SHA256, Derived(b"small", 1))
        (file,) = [it for it in tmp_path.rglob("*") if it.is_file()]
        assert (str(file.relative_to(tmp_path)), file.read_bytes()) == (thumbnail_name(SHA256), b"small")
