"""What is derived of photos, in the blob store: what it is called, and putting it there.

Names follow from the digest of the original, so that all photos of the same bytes share them, and whoever
deletes the last of these photos finds what is to be deleted with it.
"""

from kith.engine.image import Derived
from kith.kit.blobs import Blobs


def thumbnail_name(sha256: str) -> str:
    """At most 320 pixels a side; there is one once the photo has a perceptual hash."""
    return f"derived/{sha256[:2]}/{sha256[2:4]}/{sha256}/thumbnail.webp"


async def store_derived(blobs: Blobs, sha256: str, derived: Derived) -> None:
    """Put what was derived of the original with this digest into the store; twice is once."""
    await blobs.put(thumbnail_name(sha256), derived.thumbnail)
