"""Batches: pictures a client has indexed in the background."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key, UtcDateTime

Json = JSON().with_variant(JSONB, "postgresql")


class BatchState(StrEnum):
    CREATED = "created"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """FACELESS: a picture that is kept although nobody is on it."""

    WAITING = "waiting"
    INDEXED = "indexed"
    FACELESS = "faceless"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (BatchState.CREATED, BatchState.PROCESSING)


class Batch(Base):
    """What a client submitted at once; its UUID is what the client knows it by.

    The items are dealt out to so many `shares`, each of which one worker at a time has in hand. A picture
    without a face counts as processed, and as neither successful nor failed.
    """

    __tablename__ = "batches"
    __table_args__ = (
        Index(None, "tenant_id", "id"),
        Index(None, "ended_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    state: Mapped[BatchState] = mapped_column(String(20), default=BatchState.CREATED)
    shares: Mapped[int]
    total: Mapped[int]
    processed: Mapped[int] = mapped_column(default=0)
    successful: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    notes: Mapped[dict[str, object]] = mapped_column(Json)
    error_code: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_open(self) -> bool:
        """Whether there may be something left to do."""
        return self.state in OPEN


class BatchItem(Base):
    """One picture of a batch, by its address, or by the blob in which its bytes wait (`kept_as`).

    `position` counts from 0. `url`, `site`, `seen_at` and `notes` are noted of the photo it becomes.
    """

    __tablename__ = "batch_items"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        Index("ix_batch_items_waiting", "batch_id", "share", "state", "position"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    batch_id: Mapped[Key] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"))
    position: Mapped[int]
    share: Mapped[int]
    url: Mapped[str] = mapped_column(String(2048))
    site: Mapped[str] = mapped_column(String(255))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notes: Mapped[dict[str, object]] = mapped_column(Json)
    kept_as: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[ItemState] = mapped_column(String(20), default=ItemState.WAITING)
    photo_id: Mapped[Key | None] = mapped_column(ForeignKey("photos.id", ondelete="SET NULL"), index=True)
    face_count: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[str | None] = mapped_column(String(100))
    error_detail: Mapped[str | None] = mapped_column(String(1000))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
