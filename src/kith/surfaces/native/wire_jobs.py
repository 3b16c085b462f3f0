"""Work in the background, on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from kith.surfaces.native.wire import Wire
from kith.surfaces.native.wire_photos import MAX_PHOTOS, PhotoId
from kith.surfaces.requests import MAX_ID

# What is not done for anybody waiting, and so can wait itself.
Pausable = Literal["analyse", "identify", "train", "preview", "index_batch", "ingest", "deliver"]


class KindOut(Wire):
    kind: str
    queued: int
    running: int
    failed: int
    paused: bool
    oldest_queued_at: datetime | None


class WorkerOut(Wire):
    """`count` jobs of a kind that a worker has in hand."""

    worker: str
    kind: str
    count: int


class ProgressOut(Wire):
    pending: int
    analysed: int
    failed: int
    total: int


class JobsOut(Wire):
    kinds: list[KindOut]
    workers: list[WorkerOut]
    photos: ProgressOut


class FailedJobOut(Wire):
    """`photo_id` where the job was about a photo."""

    job_id: int
    kind: str
    error_code: str | None
    error_detail: str | None
    attempts: int
    photo_id: int | None
    created_at: datetime


class FailedJobsOut(Wire):
    items: list[FailedJobOut]
    next_cursor: str | None


class RetryIn(Wire):
    """All that failed, or those of a kind, or single ones."""

    kind: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    job_ids: Annotated[list[Annotated[int, Field(ge=1, le=MAX_ID)]], Field(max_length=1000)] | None = None


class RetriedOut(Wire):
    retried: int


class KindIn(Wire):
    kind: Pausable


class AnalyseIn(Wire):
    """`missing`: what the pack in use has not seen; `failed`: what could not be analysed. Of these or all."""

    which: Literal["missing", "all", "failed"]
    photo_ids: Annotated[list[PhotoId], Field(min_length=1, max_length=MAX_PHOTOS)] | None = None


class QueuedOut(Wire):
    queued: int
