"""What goes over the wire about single pictures, both ways, under the contract's own names."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kith.idempotency.tables import MAX_KEY_LENGTH
from kith.ingest.messages import LAST_SECOND
from kith.ingest.service import MAX_ITEMS
from kith.photos.noting import MAX_SITE_LENGTH, MAX_URL_LENGTH

Key = Annotated[str, Field(min_length=1, max_length=MAX_KEY_LENGTH)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class IngestIn(Wire):
    """A picture: an object by `bucket` and `key`, or what is at `url`."""

    tenant_id: str
    bucket: str | None = None
    key: str | None = None
    url: Annotated[str, Field(max_length=MAX_URL_LENGTH)] | None = None
    site: Annotated[str, Field(max_length=MAX_SITE_LENGTH)] | None = None
    ts: int | None = Field(
        default=None, ge=0, le=LAST_SECOND, description="When it was seen, in seconds since 1970; now."
    )
    meta: dict[str, Any] | None = Field(default=None, description="Noted of the photo.")
    idempotency_key: Key | None = Field(
        default=None, description="Sent again within 24 hours it is the same picture, sent once."
    )


class IngestBatchIn(Wire):
    items: list[IngestIn]
    dry_run: bool = Field(default=False, description="Look at each, and send nothing.")
    max_items: int = Field(default=500, ge=1, le=MAX_ITEMS)


class EnqueuedOut(Wire):
    tenant_id: str
    bucket: str | None
    key: str | None
    url: str
    site: str
    image_sha256: str
    image_phash: str
    ts: int
    meta: dict[str, Any]
    source: str
    idempotency_key: str
    face_hints: Any


class IngestOut(Wire):
    """Of a picture at a url, `image_sha256` stands for the address, and `image_phash` is zero: it is fetched
    later.
    """

    ok: Literal[True] = True
    stream: str
    message_id: str
    enqueued: EnqueuedOut


class IngestResultOut(Wire):
    """`error` is a code; `message` says more."""

    index: int
    ok: bool
    message_id: str | None = None
    idempotency_key: str | None = None
    error: str | None = None
    message: str | None = None


class IngestBatchOut(Wire):
    """`ok` where all are; `count` is how many are."""

    ok: bool
    dry_run: bool = False
    stream: str
    count: int
    results: list[IngestResultOut]


class IngestConfigOut(Wire):
    REDIS_URL: str | None = Field(description="Without its credentials.")
    REDIS_STREAM_NAME: str
    PIPELINE_URL: str
