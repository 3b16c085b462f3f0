"""The statements of the queue."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Update, and_, delete, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningDelete

from kith.jobs.tables import Job, JobState


def next_kind(now: datetime, kinds: Sequence[str]) -> Select[str]:
    """The kind of the job that has waited longest."""
    return (
        select(Job.kind)
        .where(_claimable(now), Job.kind.in_(kinds))
        .order_by(Job.available_at, Job.id)
        .limit(1)
    )


def claim(kind: str, limit: int, *, worker: str, now: datetime, until: datetime, skip_locked: bool) -> Update:
    """Take up to `limit` jobs of one kind, the longest waiting first."""
    candidates = (
        select(Job.id)
        .where(_claimable(now), Job.kind == kind)
        .order_by(Job.available_at, Job.id)
        .limit(limit)
    )
    if skip_locked:
        candidates = candidates.with_for_update(skip_locked=True)
    return (
        update(Job)
        .where(Job.id.in_(candidates.scalar_subquery()))
        .values(state=JobState.RUNNING, leased_by=worker, lease_until=until, attempts=Job.attempts + 1)
        .returning(Job)
        .execution_options(synchronize_session=False)
    )


def held(worker: str, job_ids: Sequence[int]) -> Select[Job]:
    return select(Job).where(Job.id.in_(job_ids), Job.leased_by == worker, Job.state == JobState.RUNNING)


def finish(worker: str, job_ids: Sequence[int]) -> ReturningDelete[int]:
    return delete(Job).where(
        Job.id.in_(job_ids), Job.leased_by == worker, Job.state == JobState.RUNNING
    ).returning(Job.id)  # fmt: skip


def renew(worker: str, until: datetime) -> Update:
    return update(Job).where(Job.leased_by == worker, Job.state == JobState.RUNNING).values(lease_until=until)


def expired(now: datetime) -> Select[Job]:
    return select(Job).where(Job.state == JobState.RUNNING, Job.lease_until < now)


def owned_by(workers: Sequence[str]) -> Select[Job]:
    return select(Job).where(Job.state == JobState.RUNNING, Job.leased_by.in_(workers))


def waiting_with(dedupe_key: str) -> Select[int]:
    """The job that waits under a key, kept waiting until the asking transaction has committed.

    Without the lock (on SQLite writers follow one another anyway) it could be run before the rows for
    which it is relied on are there to be seen.
    """
    stmt = select(Job.id).where(Job.dedupe_key == dedupe_key, Job.state == JobState.QUEUED)
    return stmt.with_for_update()


def counts(tenant_id: int) -> Select[str, JobState, int]:
    return (
        select(Job.kind, Job.state, func.count())
        .where(Job.tenant_id == tenant_id)
        .group_by(Job.kind, Job.state)
        .order_by(Job.kind, Job.state)
    )


def failed(tenant_id: int) -> Select[Job]:
    return select(Job).where(Job.tenant_id == tenant_id, Job.state == JobState.FAILED).order_by(Job.id)


def open_for(tenant_id: int) -> Select[int]:
    """How many jobs of a tenant still have to be done."""
    return select(func.count()).where(
        Job.tenant_id == tenant_id, Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    )


def _claimable(now: datetime) -> ColumnElement[bool]:
    """Queued and due; and not while another of the same key runs, for the two would do the same."""
    other = aliased(Job)
    twin = select(other.id).where(
        other.dedupe_key == Job.dedupe_key, other.state == JobState.RUNNING
    ).exists()  # fmt: skip
    return and_(Job.state == JobState.QUEUED, Job.available_at <= now, or_(Job.dedupe_key.is_(None), ~twin))
