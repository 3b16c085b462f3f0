"""What was answered under idempotency keys."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key, UtcDateTime

MAX_KEY_LENGTH = 255


class KeptAnswer(Base):
    """The answer a tenant's key stands for, as the text that was sent.

    `request` is a digest of what was asked: of a picture nothing else is kept here.
    """

    __tablename__ = "kept_answers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        Index(None, "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(MAX_KEY_LENGTH))
    request: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
