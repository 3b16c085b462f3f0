"""Between Kith's words and the contract's about single pictures: pure functions."""

from collections.abc import Sequence

from kith.errors import AppError
from kith.ingest.service import Accepted
from kith.ingest.stream import hidden
from kith.settings import Settings
from kith.surfaces.vectors import ingest_wire as wire


def accepted(settings: Settings, it: Accepted) -> wire.IngestOut:
    return wire.IngestOut(
        stream=settings.ingest.stream, message_id=it.message_id,
        enqueued=wire.EnqueuedOut(**it.message.data()),  # pyright: ignore[reportArgumentType]  # the same fields
    )  # fmt: skip


def submitted(settings: Settings, done: Sequence[Accepted | AppError]) -> wire.IngestBatchOut:
    return _batch(settings, [_result(at, it) for at, it in enumerate(done)], dry_run=False)


def examined(settings: Settings, found: Sequence[AppError | None]) -> wire.IngestBatchOut:
    return _batch(settings, [_result(at, it) for at, it in enumerate(found)], dry_run=True)


def config(settings: Settings) -> wire.IngestConfigOut:
    url = settings.redis.url
    return wire.IngestConfigOut(
        REDIS_URL=hidden(url) if url is not None else None, REDIS_STREAM_NAME=settings.ingest.stream,
        PIPELINE_URL="/pipeline",
    )  # fmt: skip


def _batch(settings: Settings, results: list[wire.IngestResultOut], *, dry_run: bool) -> wire.IngestBatchOut:
    count = sum(it.ok for it in results)
    return wire.IngestBatchOut(
        ok=count == len(results), dry_run=dry_run, stream=settings.ingest.stream, count=count, results=results
    )


def _result(at: int, it: Accepted | AppError | None) -> wire.IngestResultOut:
    match it:
        case None:
            return wire.IngestResultOut(index=at, ok=True)
        case Accepted():
            return wire.IngestResultOut(
                index=at, ok=True, message_id=it.message_id, idempotency_key=it.message.idempotency_key
            )
        case _:
            return wire.IngestResultOut(index=at, ok=False, error=it.code, message=it.detail)
