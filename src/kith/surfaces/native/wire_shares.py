"""Links to galleries on the wire, and what guests are told who come by them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from kith.sharing.shares import CONSENT
from kith.sharing.tables import MAX_WORDS
from kith.surfaces.native.wire import Wire
from kith.surfaces.native.wire_galleries import NO_NULS

Consent = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_WORDS, pattern=NO_NULS)
]
Password = Annotated[str, StringConstraints(min_length=4, max_length=200)]


class ShareIn(Wire):
    """`downloads`: guests may take originals with them. `only_own`: they see no photos but their own."""

    consent_text: Consent = CONSENT
    password: Password | None = None
    expires_at: AwareDatetime | None = None
    downloads: bool = True
    only_own: bool = True


class SharePatch(ShareIn):
    """What is left out stays as it is; null takes a password or an end away."""


class ShareOut(Wire):
    """`url` is where the link leads, below the address of this server; null if it cannot be shown again."""

    share_id: int
    gallery_id: int
    url: str | None
    consent_text: str
    has_password: bool
    downloads: bool
    only_own: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class SharesOut(Wire):
    items: list[ShareOut]
    next_cursor: str | None


class CountsOut(Wire):
    visits: int
    consents: int
    searches: int
    found: int
    downloads: int


class ShareDayOut(CountsOut):
    day: date


class ShareStatisticsOut(CountsOut):
    """All of it, and by the day, the last one first."""

    share_id: int
    days: list[ShareDayOut]


class GuestGalleryOut(Wire):
    title: str
    words: str
    consent_text: str
    needs_password: bool
    downloads: bool
    only_own: bool
    expires_at: datetime | None


class EnterIn(Wire):
    consent: bool
    password: Annotated[str, StringConstraints(max_length=200)] | None = None


class EnteredOut(Wire):
    entered: bool = True


class GuestBoxOut(Wire):
    """As ratios of the upright photo."""

    x: float
    y: float
    width: float
    height: float


class GuestPhotoOut(Wire):
    """`box` is the guest's face, where they were found in it."""

    photo_id: int
    version: str
    name: str
    media_type: str
    width_px: int
    height_px: int
    taken_at: datetime | None
    box: GuestBoxOut | None
    similarity: float | None


class SelfieFaceOut(Wire):
    face_index: int
    box: GuestBoxOut


class SelfieOut(Wire):
    """With `needs_choice` nobody was looked for yet: send the picture again with a `face_index`."""

    needs_choice: bool
    faces: list[SelfieFaceOut]
    photos: list[GuestPhotoOut]
    total: int


class GuestPhotosOut(Wire):
    items: list[GuestPhotoOut]
    next_cursor: str | None


class ForgottenOut(Wire):
    forgotten: bool = True
