"""From our words to the wire's: jobs."""

from collections.abc import Mapping, Sequence

from kith.jobs.overseeing import Queue
from kith.jobs.tables import Job, JobState
from kith.kit import cursors
from kith.photos.tables import PhotoState
from kith.surfaces.native import wire_jobs as wire


def queue(it: Queue, photos: Mapping[PhotoState, int]) -> wire.JobsOut:
    kinds = [
        wire.KindOut(
            kind=each.kind, queued=each.counts[JobState.QUEUED], running=each.counts[JobState.RUNNING],
            failed=each.counts[JobState.FAILED], paused=each.is_paused,
            oldest_queued_at=each.oldest_queued_at,
        )
        for each in it.kinds
    ]  # fmt: skip
    workers = [wire.WorkerOut(worker=each.worker, kind=each.kind, count=each.count) for each in it.workers]
    return wire.JobsOut(kinds=kinds, workers=workers, photos=progress(photos))


def progress(photos: Mapping[PhotoState, int]) -> wire.ProgressOut:
    counts = {state.value: photos.get(state, 0) for state in PhotoState}
    return wire.ProgressOut(**counts, total=sum(counts.values()))


def failed(rows: Sequence[Job], limit: int) -> wire.FailedJobsOut:
    items = [
        wire.FailedJobOut(
            job_id=it.id, kind=it.kind, error_code=it.error_code, error_detail=it.error_detail,
            attempts=it.attempts, photo_id=it.payload.get("photo_id"), created_at=it.created_at,
        )
        for it in rows
    ]  # fmt: skip
    more = cursors.encode(rows[-1].id) if len(rows) == limit else None
    return wire.FailedJobsOut(items=items, next_cursor=more)
