"""Photos that are there already into a gallery: as copies, which go when the gallery goes."""

from collections.abc import Sequence
from functools import partial

from kith.accounts.principal import Principal
from kith.photos import queries as photo_queries
from kith.photos.files import read_photo
from kith.sharing import queries
from kith.sharing.filling import Filled, Parts, Sent, add_pictures

MAX_COPIED = 100  # by one request
_AT_ONCE = 8  # photos whose bytes are held, and that are stored in one transaction


async def copy_photos(
    parts: Parts, who: Principal, gallery_id: int, photo_ids: Sequence[int]
) -> list[Filled]:
    """Put photos into a gallery as well; what became of each, those that are not there passed over.

    They stay where they are. What was cut off can be done again: photos the gallery has are duplicates.
    Raises GalleryNotFound, GalleryExpired, QuotaExceeded, and Busy when too much is going on.
    """
    async with parts.db.read() as session:
        photos = (await session.scalars(queries.photos_to_copy(who, photo_ids))).all()
        files = (await session.scalars(photo_queries.files_of([it.id for it in photos]))).all()
    sent = [
        Sent(
            photo.original_name,
            partial(
                read_photo, photo, [it for it in files if it.photo_id == photo.id], parts.blobs,
                parts.sources, parts.limits.max_bytes,
            ),
        )
        for photo in photos
    ]  # fmt: skip
    done: list[Filled] = []
    for start in range(0, max(1, len(sent)), _AT_ONCE):
        done += await add_pictures(parts, who, gallery_id, sent[start : start + _AT_ONCE])
    return done
