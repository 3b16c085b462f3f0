"""Between Kith's words and the contract's."""

from collections.abc import Sequence
from typing import Any

from kith.faces.hits import Hit, Sighting
from kith.faces.indexing import Indexed
from kith.photos.tables import Photo
from kith.surfaces.vectors import wire
from kith.surfaces.vectors.finding import BACKEND, Asked, Searched
from kith.surfaces.vectors.links import Links
from kith.surfaces.vectors.pictures import Looked


def indexed(asked: Asked, looked: Looked, it: Indexed) -> wire.IndexedOut:
    return wire.IndexedOut(
        indexed=len(it.faces), phash=looked.phash, vector_backend=BACKEND,
        thumb_url=asked.links.thumbnail(looked.file.sha256),
    )  # fmt: skip


def searched(asked: Asked, it: Searched) -> wire.VectorSearchOut:
    return wire.VectorSearchOut(
        faces_found=len(it.looked.found), phash=it.looked.phash, vector_backend=BACKEND,
        thumb_url=asked.links.thumbnail(it.looked.file.sha256),
        results=results(asked.links, it.hits),
    )  # fmt: skip


def compared(asked: Asked, it: Searched) -> wire.CompareOut:
    count = len(it.looked.found)
    return wire.CompareOut(
        phash=it.looked.phash, faces_found=count, results=results(asked.links, it.hits),
        vector_backend=BACKEND,
        message=f"Found {len(it.hits)} similar faces" if count else "No faces detected in the picture",
    )  # fmt: skip


def results(links: Links, hits: Sequence[Hit]) -> list[wire.ResultOut]:
    return [
        wire.ResultOut(
            id=str(it.sighting.face.uuid), score=it.similarity,
            metadata=wire.SightingOut(**sighting(links, it.sighting)),
        )
        for it in hits
    ]  # fmt: skip


def sighting(links: Links, it: Sighting) -> dict[str, Any]:
    """What may be shown of a face, and nothing else."""
    phash = shown_phash(it.photo)
    origin = it.origin
    seen_at = origin.seen_at if origin is not None and origin.seen_at is not None else it.photo.created_at
    return {
        "site": origin.site if origin is not None else None,
        "url": origin.url if origin is not None else None,
        "ts": int(seen_at.timestamp()),
        "bbox": list(it.face.xyxy),
        "p_hash": phash,
        "phash": phash,
        "quality": it.face.quality,
        "thumb_url": links.thumbnail(it.photo.sha256),
    }


def shown_phash(photo: Photo) -> str | None:
    return None if photo.phash is None else f"{photo.phash:016x}"
