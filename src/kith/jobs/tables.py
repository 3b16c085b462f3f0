"""Work to do in the background."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key, UtcDateTime


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    FAILED = "failed"


class Job(Base):
    """One unit of work. It is deleted when done, in the transaction that stores its result.

    A worker holds a RUNNING job by a lease; when the lease runs out, or its worker is known to be
    dead, the job is taken by another. At most one job of a `dedupe_key` waits at a time.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index(None, "state", "kind", "id"),
        Index("uq_jobs_waiting", "dedupe_key", unique=True, sqlite_where=text("state = 'queued'"),
              postgresql_where=text("state = 'queued'")),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(50))
    payload: Mapped[dict[str, int]] = mapped_column(JSON().with_variant(JSONB, "postgresql"))
    dedupe_key: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[JobState] = mapped_column(String(20), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    available_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_code: Mapped[str | None] = mapped_column(String(100))
    error_detail: Mapped[str | None] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JobPause(Base):
    """A kind of jobs that nobody takes up for a tenant until the row is gone; what runs comes to its end."""

    __tablename__ = "job_pauses"

    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(50), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
