"""Finding a photo by the digest of its bytes, with the places where those are."""

from collections.abc import Sequence
from dataclasses import dataclass

from kith.accounts.principal import Principal
from kith.kit.db import ReadSession
from kith.photos import queries
from kith.photos.errors import PhotoNotFound
from kith.photos.tables import File, Photo


@dataclass(frozen=True, slots=True)
class Original:
    photo: Photo
    files: Sequence[File]


async def find_original(session: ReadSession, who: Principal, sha256: str) -> Original:
    """A photo of these bytes, in whatever gallery; raises PhotoNotFound."""
    photos = (await session.scalars(queries.with_digest(who, sha256))).all()
    if not photos:
        raise PhotoNotFound("there is no such photo")
    files = (await session.scalars(queries.files_of([photo.id for photo in photos]))).all()
    return Original(photos[0], files)
