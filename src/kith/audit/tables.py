"""Who had to do with biometric data, and when."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key, UtcDateTime


class AuditAction(StrEnum):
    INDEX = "index"
    SEARCH = "search"
    COMPARE = "compare"
    BATCH_INDEX = "batch_index"
    EXPORT = "export"
    ERASE = "erase"
    DECIDE = "decide"
    CLEANUP = "cleanup"


class AuditEntry(Base):
    """One access. It is never changed: the database refuses it, and to delete what is younger than a day.

    Ids, codes and numbers only: no vectors, names or pixels. It outlives the tenant it tells of, so
    `tenant_id` refers to nothing.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "tenant_id", "id"),
        Index(None, "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    tenant_id: Mapped[Key]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[AuditAction] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str | None] = mapped_column(String(100))
    result: Mapped[str] = mapped_column(String(100))
    request_id: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(50))
    duration_ms: Mapped[int | None]
    counts: Mapped[dict[str, int]] = mapped_column(JSON().with_variant(JSONB, "postgresql"))
