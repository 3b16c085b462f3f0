"""What people say of their photos: title, caption, rating, favourites, and when they were taken."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kith.accounts.principal import Principal
from kith.kit.db import WriteSession
from kith.kit.plain import require_storable
from kith.photos.errors import NotesInvalid
from kith.photos.service import get_photo, shown_at
from kith.photos.tables import Photo
from kith.timeline import queries

# What may be changed, as it stands in Photo; None takes it away.
TOLD = ("title", "caption", "rating", "is_favourite")
TAKEN_AT = "taken_at"
_MAX_BYTES = 32 * 1024


async def edit_photo(
    session: WriteSession, who: Principal, photo_id: int, told: Mapping[str, object]
) -> Photo:
    """Change what is named in `told`; raises PhotoNotFound, NotesInvalid."""
    _check(told)
    photo = await get_photo(session, who, photo_id)
    _tell(photo, told)
    return photo


async def edit_photos(
    session: WriteSession, who: Principal, photo_ids: Sequence[int], told: Mapping[str, object]
) -> list[int]:
    """The same for many; which of them there are. Unknown ids and those of others are passed over."""
    _check(told)
    photos = (await session.scalars(queries.photos(who, photo_ids))).all()
    for photo in photos:
        _tell(photo, told)
    return [photo.id for photo in photos]


def _tell(photo: Photo, told: Mapping[str, object]) -> None:
    for name in TOLD:
        if name in told:
            setattr(photo, name, told[name])
    if TAKEN_AT in told:
        moment = told[TAKEN_AT]
        _date(photo, moment if isinstance(moment, datetime) else None)


def _date(photo: Photo, moment: datetime | None) -> None:
    """A time with a zone says the wall clock and its distance from UTC; one without, only the clock."""
    offset = moment.utcoffset() if moment is not None else None
    photo.taken_offset_minutes = None if offset is None else round(offset.total_seconds() / 60)
    photo.taken_at = moment.replace(tzinfo=None) if moment is not None else None
    photo.shown_at = shown_at(photo.taken_at, photo.created_at)


def _check(told: Mapping[str, object]) -> None:
    try:
        require_storable([told.get("title"), told.get("caption")], _MAX_BYTES)
    except ValueError as error:
        raise NotesInvalid(f"what is said of a photo {error}") from error
