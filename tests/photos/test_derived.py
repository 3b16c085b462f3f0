"""Where derived pictures are, and that storing them twice, or after an interruption, is storing them once."""

from pathlib import Path

from kith.engine.image import Derived
from kith.kit.blobs import Blobs, digest
from kith.photos.derived import derived_names, preview_name, store_derived, thumbnail_name

SHA256 = digest(b"the picture")
BOTH = Derived(b"small", b"larger", 1)


def stored(folder: Path) -> dict[str, bytes]:
    return {str(it.relative_to(folder)): it.read_bytes() for it in folder.rglob("*") if it.is_file()}


class TestNames:
    def test_follow_from_the_digest(self) -> None:
        place = f"derived/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"
        assert derived_names(SHA256) == (f"{place}/thumbnail.webp", f"{place}/preview.webp")
        assert derived_names(SHA256) == (thumbnail_name(SHA256), preview_name(SHA256))


class TestStore:
    async def test_both(self, tmp_path: Path) -> None:
        await store_derived(Blobs.open(tmp_path), SHA256, BOTH)
        assert stored(tmp_path) == dict(zip(derived_names(SHA256), (b"small", b"larger"), strict=True))

    async def test_no_preview(self, tmp_path: Path) -> None:
        await store_derived(Blobs.open(tmp_path), SHA256, Derived(b"small", None, 1))
        assert stored(tmp_path) == {thumbnail_name(SHA256): b"small"}

    async def test_again_and_over_what_was_cut_short(self, tmp_path: Path) -> None:
        blobs = Blobs.open(tmp_path)
        await blobs.put(thumbnail_name(SHA256), b"sma")
        for _ in range(2):
            await store_derived(blobs, SHA256, BOTH)
        assert stored(tmp_path) == dict(zip(derived_names(SHA256), (b"small", b"larger"), strict=True))
