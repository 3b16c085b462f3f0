"""Between Kith's words and the contract's."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kith.faces.hits import Hit, Sighting
from kith.faces.indexing import Indexed
from kith.faces.telling import BACKEND
from kith.notify.service import NewEndpoint, Statistics
from kith.notify.tables import WebhookEndpoint
from kith.notify.tasks import Tried
from kith.people.reading import Statistics as LibraryStatistics
from kith.photos.links import Links
from kith.photos.tables import Photo, PhotoState
from kith.surfaces.vectors import wire
from kith.surfaces.vectors.bodies import SearchAsked
from kith.surfaces.vectors.cleaning import Done
from kith.surfaces.vectors.finding import Asked, Searched
from kith.surfaces.vectors.pictures import Looked
from kith.surfaces.vectors.searching import Answered
from kith.surfaces.vectors.verifying import Claim, Verdict


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
            id=str(it.sighting.face.uuid), score=it.similarity, metadata=linked(links, it.sighting)
        )
        for it in hits
    ]


def payload(it: Sighting) -> wire.PayloadOut:
    """What may be shown of a face, and nothing else."""
    phash, origin = _phash(it.photo), it.origin
    seen_at = origin.seen_at if origin is not None and origin.seen_at is not None else it.photo.created_at
    return wire.PayloadOut(
        site=origin.site if origin is not None else None,
        url=origin.url if origin is not None else None,
        ts=int(seen_at.timestamp()), bbox=list(it.face.xyxy), p_hash=phash, phash=phash,
        quality=it.face.quality,
    )  # fmt: skip


def linked(links: Links, it: Sighting) -> wire.SightingOut:
    """The same with a link to the thumbnail, made anew each time."""
    return wire.SightingOut(**payload(it).model_dump(), thumb_url=links.thumbnail(it.photo.sha256))


def _phash(photo: Photo) -> str | None:
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


# ── parts B and C ────────────────────────────────────────────────────────────────────────────────


def hits(links: Links, asked: SearchAsked, it: Answered) -> wire.HitsOut:
    details = None
    if it.probed is not None:
        details = wire.ProcessingOut(num_faces_detected=it.probed.faces, quality=it.probed.quality)
    return wire.HitsOut(
        query=wire.QueryOut(
            tenant_id=asked.tenant_id, search_mode="image" if it.probed is not None else "vector",
            mode=asked.mode, top_k=asked.top, threshold=asked.threshold,
        ),
        hits=[_hit(links, hit) for hit in it.hits], count=len(it.hits), processing_details=details,
    )  # fmt: skip


def enrolled(body: wire.EnrolIn, used: int, dimension: int) -> wire.EnrolledOut:
    return wire.EnrolledOut(
        ok=True, identity=wire.IdentityOut(tenant_id=body.tenant_id, identity_id=body.identity_id),
        vector_dim=dimension, num_images_used=used, num_images_submitted=len(body.images_b64),
    )  # fmt: skip


def verdict(
    links: Links, body: wire.VerifyIn | wire.SafeSearchIn, claim: Claim, it: Verdict
) -> wire.VerdictOut:
    results = [
        wire.SeenOut(
            id=str(hit.sighting.face.uuid), score=hit.similarity, image_id=hit.sighting.photo.sha256,
            tenant_id=body.tenant_id, identity_id=claim.identity_id, payload=linked(links, hit.sighting),
        )
        for hit in it.hits
    ]  # fmt: skip
    return wire.VerdictOut(
        verified=it.is_verified, similarity=it.similarity, threshold=claim.threshold,
        tenant_id=body.tenant_id, identity_id=claim.identity_id, reason=it.reason, results=results,
        count=len(results),
    )  # fmt: skip


def face(links: Links, it: Sighting) -> wire.VectorFaceOut:
    return wire.VectorFaceOut(
        face_id=str(it.face.uuid), payload=payload(it), thumb_url=links.thumbnail(it.photo.sha256)
    )


def statistics(it: LibraryStatistics) -> wire.VectorStatsOut:
    return wire.VectorStatsOut(
        processed=it.photos.get(PhotoState.ANALYSED, 0), rejected=it.photos.get(PhotoState.FAILED, 0),
        dup_skipped=0,
        counts={
            "photos": sum(it.photos.values()), "faces": sum(it.faces.values()),
            "persons": it.named_persons + it.unnamed_persons,
        },
    )  # fmt: skip


def _hit(links: Links, it: Hit) -> wire.HitOut:
    face_id = str(it.sighting.face.uuid)
    return wire.HitOut(
        id=face_id, face_id=face_id, score=it.similarity, similarity_pct=round(100 * it.similarity, 2),
        payload=payload(it.sighting), thumb_url=links.thumbnail(it.sighting.photo.sha256),
    )  # fmt: skip
