"""Uploads on the wire."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from kith.photos.service import Outcome
from kith.surfaces.native.wire import Wire
from kith.surfaces.requests import MAX_ID


class UploadIn(Wire):
    """`sha256` of the whole file, where it is known; `modified_at` is when the file was changed last."""

    name: str = Field(min_length=1, max_length=1000)
    size_bytes: int = Field(ge=1, lt=2**63)
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    modified_at: AwareDatetime | None = None
    gallery_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None


class UploadOut(Wire):
    """`offset` is how many bytes have arrived: where the next piece begins."""

    upload_id: int
    offset: int
    size_bytes: int


class UploadedOut(Wire):
    """The upload is over; a `duplicate` is the photo that was there before."""

    outcome: Outcome
    photo_id: int
