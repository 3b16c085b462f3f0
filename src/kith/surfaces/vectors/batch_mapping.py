"""Between Kith's words and the contract's about batches: pure functions."""

from collections.abc import Sequence
from typing import Any

from kith.batches.service import BatchReport, ItemError
from kith.batches.tables import Batch
from kith.kit.pages import Page
from kith.photos.noting import Notes
from kith.surfaces.vectors import batch_wire as wire


def said(body: wire.BatchIn) -> list[Notes]:
    """What is said of each picture; a `site` in the metadata is that of all of them."""
    site = (body.metadata or {}).get("site")
    return [Notes(url, site if isinstance(site, str) else "") for url in body.image_urls]


def created(it: Batch) -> wire.BatchCreatedOut:
    return wire.BatchCreatedOut(
        batch_id=it.uuid.hex, total_images=it.total, status=it.state,
        message=f"{it.total} pictures are going to be indexed",
    )  # fmt: skip


def status(it: BatchReport) -> wire.BatchStatusOut:
    return wire.BatchStatusOut(**_status(it))


def listed(reports: Sequence[BatchReport], total: int, page: Page, tenant: str) -> wire.BatchListOut:
    batches = [
        wire.BatchListedOut(
            **_status(it), tenant_id=tenant, image_urls=list(it.urls), metadata=it.batch.notes
        )
        for it in reports
    ]
    return wire.BatchListOut(
        batches=batches, total_count=total, limit=page.limit, offset=page.skip,
        has_more=page.skip + len(batches) < total,
    )  # fmt: skip


def cancelled(it: Batch) -> wire.BatchCancelledOut:
    return wire.BatchCancelledOut(message="The batch is cancelled", batch_id=it.uuid.hex, status=it.state)


def cleaned(count: int, hours: int) -> wire.BatchCleanupOut:
    return wire.BatchCleanupOut(
        message=f"{count} batches are forgotten", cleaned_count=count, max_age_hours=hours
    )


def _status(it: BatchReport) -> dict[str, Any]:
    batch = it.batch
    return {
        "batch_id": batch.uuid.hex, "status": batch.state, "total_images": batch.total,
        "processed_images": batch.processed, "successful_images": batch.successful,
        "failed_images": batch.failed, "errors": [_error(error) for error in it.errors],
        "created_at": batch.created_at.timestamp(), "updated_at": batch.updated_at.timestamp(),
    }  # fmt: skip


def _error(it: ItemError) -> wire.BatchErrorOut:
    return wire.BatchErrorOut(
        image_index=it.position, image_url=it.url, error=it.detail, code=it.code, timestamp=it.at
    )
