"""What is derived of photos, in the blob store: what it is called, and putting it there.

Names follow from the digest of the original, so that all photos of the same bytes share them, and whoever
deletes the last of these photos finds what is to be deleted with it.
"""

from collections.abc import Sequence

from kith.engine.image import Derived
from kith.kit.blobs import Blobs
from kith.kit.chunks import chunks
from kith.kit.db import ReadSession
from kith.photos import queries


def thumbnail_name(sha256: str) -> str:
    """At most 320 pixels a side; there is one once the photo has a perceptual hash."""
    return f"{_folder(sha256)}/thumbnail.webp"


def preview_name(sha256: str) -> str:
    """At most 1,600 pixels a side; made when first asked for."""
    return f"{_folder(sha256)}/preview.webp"


def crop_name(sha256: str, xyxy: tuple[float, float, float, float]) -> str:
    """What is at a box, by the box: a face that moves gets another picture, and nobody's id is told."""
    return f"{_folder(sha256)}/at-{'-'.join(str(round(corner)) for corner in xyxy)}.webp"


def _folder(sha256: str) -> str:
    return f"derived/{sha256[:2]}/{sha256[2:4]}/{sha256}"


async def store_derived(blobs: Blobs, sha256: str, derived: Derived) -> None:
    """Put what was derived of the original with this digest into the store; twice is once."""
    await blobs.put(thumbnail_name(sha256), derived.thumbnail)


async def keep_picture(blobs: Blobs, location: str, data: bytes, sha256: str, derived: Derived) -> None:
    """Put an original where it belongs, and what was derived of it, into the store; twice is once."""
    await blobs.put(location, data)
    await store_derived(blobs, sha256, derived)


async def delete_derived(blobs: Blobs, sha256: str) -> None:
    """Delete all that was derived of the original with this digest."""
    await blobs.delete_all(_folder(sha256))


async def delete_orphans(session: ReadSession, blobs: Blobs, digests: Sequence[str]) -> None:
    """Delete what was derived of those originals that no photo has any more."""
    for some in chunks(digests):
        named = set(await session.scalars(queries.digests_named(some)))
        for sha256 in some:
            if sha256 not in named:
                await delete_derived(blobs, sha256)
