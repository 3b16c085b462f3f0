"""The statements of the queue."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Delete, Select, Update, and_, delete, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningDelete

from kith.jobs.tables import Job, JobPause, JobState


def next_in_line(now: datetime, kinds: Sequence[str]) -> Select[str, int]:
    """The kind and the attempts of the job that has waited longest."""
    return (
        select(Job.kind, Job.attempts)
        .where(_claimable(now), Job.kind.in_(kinds))
        .order_by(Job.available_at, Job.id)
        .limit(1)
    )


def claim(kind: str, limit: int, *, tried: bool, worker: str, now: datetime, until: datetime) -> Update:
    """Take up to `limit` jobs of one kind, the longest waiting first; `tried` ones, or else new ones.

    The candidates are a common table expression, which is evaluated once; PostgreSQL may run a subquery
    that locks more than once, and then takes more than the limit.
    """
    candidates = (
        select(Job.id)
        .where(_claimable(now), Job.kind == kind, Job.attempts > 0 if tried else Job.attempts == 0)
        .order_by(Job.available_at, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("candidates")
    )
    return (
        update(Job)
        .where(Job.id.in_(select(candidates.c.id)))
        .values(state=JobState.RUNNING, leased_by=worker, lease_until=until, attempts=Job.attempts + 1)
        .returning(Job)
        .execution_options(synchronize_session=False)
    )


def held(worker: str, job_ids: Sequence[int]) -> Select[Job]:
    """Jobs of a worker that are still its own, kept so until the asking transaction has ended."""
    stmt = select(Job).where(Job.id.in_(job_ids), Job.leased_by == worker, Job.state == JobState.RUNNING)
    return stmt.order_by(Job.id).with_for_update()


def finish(worker: str, job_ids: Sequence[int]) -> ReturningDelete[int]:
    return delete(Job).where(
        Job.id.in_(job_ids), Job.leased_by == worker, Job.state == JobState.RUNNING
    ).returning(Job.id)  # fmt: skip


def renew(worker: str, job_ids: Sequence[int], until: datetime) -> Update:
    return (
        update(Job)
        .where(Job.id.in_(job_ids), Job.leased_by == worker, Job.state == JobState.RUNNING)
        .values(lease_until=until)
    )


def expired(now: datetime) -> Select[Job]:
    """Jobs that outlived their lease, but for those that somebody is finishing at this moment."""
    stmt = select(Job).where(Job.state == JobState.RUNNING, Job.lease_until < now)
    return stmt.order_by(Job.id).with_for_update(skip_locked=True)


def owned_by(workers: Sequence[str]) -> Select[Job]:
    """Jobs that some workers hold, but for those that somebody is taking up at this moment."""
    stmt = select(Job).where(Job.state == JobState.RUNNING, Job.leased_by.in_(workers))
    return stmt.order_by(Job.id).with_for_update(skip_locked=True)


def waiting_with(dedupe_key: str) -> Select[Job]:
    """The job that waits under a key, kept waiting until the asking transaction has committed.

    Without the lock (on SQLite writers follow one another anyway) it could be run before the rows for
    which it is relied on are there to be seen.
    """
    stmt = select(Job).where(Job.dedupe_key == dedupe_key, Job.state == JobState.QUEUED)
    return stmt.with_for_update().execution_options(populate_existing=True)


def counts(tenant_id: int) -> Select[str, JobState, int]:
    """How much there is to do. What is done once a day (`daily.py`) waits for tomorrow and is left out."""
    is_for_tomorrow = (Job.state == JobState.QUEUED) & Job.dedupe_key.is_not_distinct_from(Job.kind)
    return (
        select(Job.kind, Job.state, func.count())
        .where(Job.tenant_id == tenant_id, ~is_for_tomorrow)
        .group_by(Job.kind, Job.state)
        .order_by(Job.kind, Job.state)
    )


def failed(tenant_id: int) -> Select[Job]:
    return select(Job).where(Job.tenant_id == tenant_id, Job.state == JobState.FAILED).order_by(Job.id)


def waiting(tenant_id: int) -> Select[str, datetime]:
    """(kind, when the oldest of it was queued) of what waits and is due."""
    is_daily = Job.dedupe_key.is_not_distinct_from(Job.kind)
    return (
        select(Job.kind, func.min(Job.created_at))
        .where(Job.tenant_id == tenant_id, Job.state == JobState.QUEUED, ~is_daily)
        .group_by(Job.kind)
    )


def workers(tenant_id: int) -> Select[str | None, str, int]:
    """(worker, kind, how many jobs of it it has in hand)."""
    return (
        select(Job.leased_by, Job.kind, func.count())
        .where(Job.tenant_id == tenant_id, Job.state == JobState.RUNNING)
        .group_by(Job.leased_by, Job.kind)
        .order_by(Job.leased_by, Job.kind)
        .limit(1000)
    )


def pauses(tenant_id: int) -> Select[str]:
    return select(JobPause.kind).where(JobPause.tenant_id == tenant_id).order_by(JobPause.kind)


def pause(tenant_id: int, kind: str) -> Select[JobPause]:
    return select(JobPause).where(JobPause.tenant_id == tenant_id, JobPause.kind == kind)


def failed_after(tenant_id: int, job_id: int, limit: int) -> Select[Job]:
    return failed(tenant_id).where(Job.id > job_id).limit(limit)


def failed_of(tenant_id: int, kind: str | None, job_ids: Sequence[int] | None) -> Select[Job]:
    """Failed jobs, of a kind or by their ids where those are given; kept until the transaction has ended."""
    stmt = failed(tenant_id)
    if kind is not None:
        stmt = stmt.where(Job.kind == kind)
    if job_ids is not None:
        stmt = stmt.where(Job.id.in_(job_ids))
    return stmt.with_for_update()


def drop_failed(tenant_id: int, kind: str, photo_ids: Sequence[int] | None = None) -> Delete:
    """Of all photos, or of these."""
    stmt = delete(Job).where(Job.tenant_id == tenant_id, Job.kind == kind, Job.state == JobState.FAILED)
    return stmt if photo_ids is None else stmt.where(Job.payload["photo_id"].as_integer().in_(photo_ids))


def open_payloads(tenant_id: int, kind: str) -> Select[dict[str, int]]:
    """What jobs of a kind that wait or run are about."""
    is_open = Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    return select(Job.payload).where(Job.tenant_id == tenant_id, Job.kind == kind, is_open)


def open_for(tenant_id: int, kinds: Sequence[str]) -> Select[int]:
    """How many jobs of some kinds a tenant still has to have done; what is paused waits for nobody."""
    return select(func.count()).where(
        Job.tenant_id == tenant_id,
        Job.kind.in_(kinds),
        or_(Job.state == JobState.RUNNING, (Job.state == JobState.QUEUED) & ~_is_paused()),
    )


def _claimable(now: datetime) -> ColumnElement[bool]:
    """Queued, due and not paused; and not while another of the same key runs: the two would do the same."""
    other = aliased(Job)
    twin = select(other.id).where(
        other.dedupe_key == Job.dedupe_key, other.state == JobState.RUNNING
    ).exists()  # fmt: skip
    return and_(
        Job.state == JobState.QUEUED, Job.available_at <= now, or_(Job.dedupe_key.is_(None), ~twin),
        ~_is_paused(),
    )  # fmt: skip


def _is_paused() -> ColumnElement[bool]:
    pause = select(JobPause.kind).where(JobPause.tenant_id == Job.tenant_id, JobPause.kind == Job.kind)
    return pause.exists()
