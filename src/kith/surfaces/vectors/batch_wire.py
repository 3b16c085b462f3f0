"""What goes over the wire about batches, both ways, under the contract's own names."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class BatchIn(Wire):
    image_urls: list[str] = Field(description="Addresses of pictures.")
    metadata: dict[str, Any] | None = Field(
        default=None,
        description="Noted of every photo, beside `batch_id`, `image_url` and `image_index`; "
        "a text `site` is where they were seen.",
    )


class BatchCreatedOut(Wire):
    batch_id: str
    total_images: int
    status: str
    message: str


class BatchErrorOut(Wire):
    image_index: int
    image_url: str
    error: str
    code: str
    timestamp: float


class BatchStatusOut(Wire):
    """`errors` has the first 1,000. A picture without a face is neither successful nor failed."""

    batch_id: str
    status: str
    total_images: int
    processed_images: int
    successful_images: int
    failed_images: int
    errors: list[BatchErrorOut]
    created_at: float
    updated_at: float


class BatchListedOut(BatchStatusOut):
    """`image_urls` has the first 1,000."""

    tenant_id: str
    image_urls: list[str]
    metadata: dict[str, Any]


class BatchListOut(Wire):
    batches: list[BatchListedOut]
    total_count: int
    limit: int
    offset: int
    has_more: bool


class BatchCancelledOut(Wire):
    message: str
    batch_id: str
    status: str


class BatchCleanupOut(Wire):
    message: str
    cleaned_count: int
    max_age_hours: int
