"""Pictures derived of photos, in the blob store: what they are called, and putting them there.

Their names follow from the digest of the original, so that all photos of the same bytes share them, and
whoever deletes the last of these photos finds what is to be deleted with it.
"""

from kith.engine.image import Derived
from kith.kit.blobs import Blobs


def thumbnail_name(sha256: str) -> str:
    """At most 320 pixels a side; there is one once the photo has a perceptual hash."""
    return _name(sha256, "thumbnail.webp")


def preview_name(sha256: str) -> str:
    """At most 1600 pixels a side; there is one beside the thumbnail if the photo is larger than that."""
    return _name(sha256, "preview.webp")


def derived_names(sha256: str) -> tuple[str, ...]:
    """All that may be there."""
    return thumbnail_name(sha256), preview_name(sha256)


async def store_derived(blobs: Blobs, sha256: str, derived: Derived) -> None:
    """Put what was derived of the original with this digest into the store; twice is once."""
    await blobs.put(thumbnail_name(sha256), derived.thumbnail)
    if derived.preview is not None:
        await blobs.put(preview_name(sha256), derived.preview)


def _name(sha256: str, kind: str) -> str:
    return f"derived/{sha256[:2]}/{sha256[2:4]}/{sha256}/{kind}"
