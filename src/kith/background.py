"""What goes on in a process beside its requests and its worker: who tells, who fetches, who tidies up."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.audit import service as audit
from kith.batches import service as batches
from kith.batches.tasks import IndexBatches
from kith.enrolment.retention import EXPIRE_PHOTOS, expire_everybodys
from kith.errors import Unavailable
from kith.idempotency import service as idempotency
from kith.ingest import service as ingest
from kith.ingest.consumer import ConsumerConfig, StreamConsumer
from kith.ingest.tasks import EntryWork, IngestEntries
from kith.jobs.daily import Daily, daily_job
from kith.jobs.runner import Runner, Service
from kith.jobs.service import Jobs
from kith.kit.db import WriteSession
from kith.notify.service import DELIVER, EXPIRE_DELIVERIES, expire_deliveries
from kith.notify.tasks import DeliverWebhooks
from kith.photos.aside import Aside
from kith.photos.uploading import EXPIRE_UPLOADS, expire_uploads
from kith.runtime import Runtime
from kith.sharing.ending import ExpireGalleries
from kith.sharing.filling import INDEX_GALLERY, IndexGalleries
from kith.sharing.galleries import EXPIRE_GALLERY
from kith.timeline.trash import EXPIRE_TRASH, expire_trash

# So many endpoints may leave us without an answer before others have to wait for them.
_COURIER_LANES = 8
# So many sites that pictures come from may be slow before others have to wait for them.
_GATHERER_LANES = 4


async def helpers(kith: Runtime) -> list[Service]:
    """What works beside the worker of this process."""
    found: list[Service] = [await courier(kith), gatherer(kith)]
    reading = consumer(kith)
    return [*found, reading] if reading is not None else found


async def courier(kith: Runtime) -> Runner:
    """Speaks to others and tidies up; no photo waits for a slow webhook."""
    keep = kith.settings

    async def expire_audit(session: WriteSession) -> None:
        await audit.expire(session, kith.clock, keep.audit.keep_days)

    async def expire_sent(session: WriteSession) -> None:
        await expire_deliveries(session, kith.clock, keep.webhooks.keep_days)

    async def expire_batches(session: WriteSession) -> None:
        await batches.expire(session, kith.clock, keep.batches.keep_days)

    async def expire_ingest(session: WriteSession) -> None:
        await ingest.expire(session, kith.clock, keep.ingest.keep_days)

    async def expire_answers(session: WriteSession) -> None:
        await idempotency.expire(session, kith.clock)

    async def expire_photos(session: WriteSession) -> None:
        limits, now = keep.surfaces.vectors, kith.clock.now()
        await expire_everybodys(
            session, kith.blobs, queries_before=now - timedelta(hours=limits.query_hours),
            crawled_before=now - timedelta(days=limits.crawled_days),
        )  # fmt: skip

    async def empty_trash(session: WriteSession) -> None:
        await expire_trash(session, kith.blobs, kith.clock, keep.trash.days)

    async def expire_aside(session: WriteSession) -> None:
        await expire_uploads(session, kith.clock, Aside(keep.uploads_folder))

    kinds = {
        audit.EXPIRE_AUDIT: expire_audit,
        EXPIRE_DELIVERIES: expire_sent,
        batches.EXPIRE_BATCHES: expire_batches,
        ingest.EXPIRE_INGEST: expire_ingest,
        idempotency.EXPIRE_ANSWERS: expire_answers,
        EXPIRE_PHOTOS: expire_photos,
        EXPIRE_TRASH: empty_trash,
        EXPIRE_UPLOADS: expire_aside,
    }
    with suppress(Unavailable):  # the next start queues them
        async with kith.db.write() as session:
            await Jobs(session, kith.clock).add(DEFAULT_TENANT_ID, [daily_job(kind) for kind in kinds])
    daily = {kind: Daily(kith.db, kith.clock, kind, work) for kind, work in kinds.items()}
    deliver = DeliverWebhooks(kith.db, kith.clock, kith.fetcher, kith.sealer)
    config = kith.runner_config(_COURIER_LANES)
    handlers = {DELIVER: deliver, EXPIRE_GALLERY: ExpireGalleries(kith.ending), **daily}
    return Runner(kith.db, kith.clock, handlers, kith.courier_liveness, config)


def gatherer(kith: Runtime) -> Runner:
    """Fetches pictures and indexes them; no photo that is here waits for a slow site."""
    index_batches = IndexBatches(
        kith.db, kith.blobs, kith.clock, fetcher=kith.fetcher, intake=kith.intake(),
        limits=kith.fetch_limits, signer=kith.signer,
    )  # fmt: skip
    entries = IngestEntries(kith.db, kith.clock, entry_work(kith))
    galleries = IndexGalleries(replace(kith.filling, decoding=kith.working))
    handlers = {batches.INDEX_BATCH: index_batches, ingest.INGEST: entries, INDEX_GALLERY: galleries}
    config = kith.runner_config(_GATHERER_LANES)
    return Runner(kith.db, kith.clock, handlers, kith.gatherer_liveness, config)


def consumer(kith: Runtime) -> StreamConsumer | None:
    """Reads the stream in Redis, if there is one."""
    stream, worker = kith.open_stream(), kith.settings.worker
    if stream is None:
        return None
    config = ConsumerConfig(kith.settings.ingest.claim_seconds, worker.attempts, worker.poll_seconds)
    return StreamConsumer(kith.db, kith.clock, stream, entry_work(kith), config)


def entry_work(kith: Runtime) -> EntryWork:
    return EntryWork(
        kith.db, kith.clock, sources=kith.sources, fetcher=kith.fetcher, intake=kith.intake(),
        limits=kith.fetch_limits, max_bytes=kith.limits.max_bytes, signer=kith.signer,
    )  # fmt: skip
