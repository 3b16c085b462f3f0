"""Between Kith's words and the contract's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kith.faces.hits import Hit, Sighting
from kith.faces.indexing import Indexed
from kith.notify.service import NewEndpoint, Statistics
from kith.notify.tables import WebhookEndpoint
from kith.notify.tasks import Tried
from kith.photos.tables import Photo
from kith.surfaces.vectors import wire
from kith.surfaces.vectors.cleaning import Done
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


def new_endpoint(body: wire.WebhookIn) -> NewEndpoint:
    return NewEndpoint(body.url, body.events, body.secret, body.timeout, body.retry_count)


def registered(it: WebhookEndpoint) -> wire.RegisteredOut:
    return wire.RegisteredOut(
        webhook_id=_webhook_id(it), url=it.url, events=it.events, message="The webhook is registered"
    )


def webhooks(found: Sequence[WebhookEndpoint]) -> wire.WebhooksOut:
    return wire.WebhooksOut(webhooks=[
        wire.WebhookOut(
            webhook_id=_webhook_id(it), url=it.url, events=it.events, has_secret=it.secret is not None,
            timeout=it.timeout_seconds, retry_count=it.retry_count, created_at=it.created_at.timestamp(),
            last_used=_moment(it.last_used_at), success_count=it.success_count,
            failure_count=it.failure_count,
        )
        for it in found
    ])  # fmt: skip


def tried(it: Tried) -> wire.WebhookTestOut:
    success = it.outcome.is_success
    return wire.WebhookTestOut(
        success=success, message="It arrived" if success else "It did not arrive",
        details=wire.WebhookTriedOut(
            url=it.url, success=success, status_code=it.outcome.status, attempt=it.attempt,
            error=it.outcome.error,
        ),
    )  # fmt: skip


def webhook_stats(it: Statistics) -> wire.WebhookStatsOut:
    return wire.WebhookStatsOut(
        total_endpoints=len(it.endpoints), total_success=it.successes, total_failures=it.failures,
        success_rate=it.success_rate,
        endpoints=[
            wire.WebhookCountsOut(
                url=each.url, events=each.events, success_count=each.success_count,
                failure_count=each.failure_count, last_used=_moment(each.last_used_at),
            )
            for each in it.endpoints
        ],
    )  # fmt: skip


def cleanup(now: datetime, jobs: Mapping[str, Done]) -> wire.CleanupOut:
    failed = sum(it.error is not None for it in jobs.values())
    removed = sum(it.removed for it in jobs.values())
    return wire.CleanupOut(
        status="success", message=f"{removed} removed",
        results=wire.CleanupResultsOut(
            timestamp=now.isoformat(),
            jobs={
                name: wire.CleanupJobOut(
                    status="success" if it.error is None else "failed", removed=it.removed, error=it.error
                )
                for name, it in jobs.items()
            },
            summary=wire.CleanupSummaryOut(
                total_jobs=len(jobs), successful_jobs=len(jobs) - failed, failed_jobs=failed,
                overall_status="partial_failure" if failed else "success",
            ),
        ),
    )  # fmt: skip


def _webhook_id(it: WebhookEndpoint) -> str:
    return f"webhook_{it.id}"


def _moment(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
