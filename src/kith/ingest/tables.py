"""The stream of single pictures: what came in, and what became of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key, UtcDateTime


class EntryState(StrEnum):
    """FACELESS: a picture that is kept although nobody is on it."""

    WAITING = "waiting"
    INDEXED = "indexed"
    FACELESS = "faceless"
    FAILED = "failed"


class IngestEntry(Base):
    """A picture to index, as its `message` says it.

    `key` is the idempotency key, the client's or one made for it; a key that is over is taken away.
    `message_id` is the entry's id in the stream, None as long as it has not been put there.
    """

    __tablename__ = "ingest_entries"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        Index(None, "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    key: Mapped[str | None] = mapped_column(String(300))
    message_id: Mapped[str | None] = mapped_column(String(300))
    message: Mapped[dict[str, object]] = mapped_column(JSON().with_variant(JSONB, "postgresql"))
    state: Mapped[EntryState] = mapped_column(String(20), default=EntryState.WAITING)
    photo_id: Mapped[Key | None] = mapped_column(ForeignKey("photos.id", ondelete="SET NULL"), index=True)
    face_count: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[str | None] = mapped_column(String(100))
    error_detail: Mapped[str | None] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
