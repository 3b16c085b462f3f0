"""What another pack would make of the people there are."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key, UtcDateTime


class PreviewState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class PackPreview(Base):
    """One look at a sample of faces with another pack; a tenant has the last one.

    Of the faces of people with names: `agree` would be recognised as who they are, `changed` as somebody
    else, `unknown` as nobody. Of faces without a name, `known` would be recognised.
    """

    __tablename__ = "pack_previews"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key] = mapped_column(primary_key=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), unique=True)
    pack: Mapped[str] = mapped_column(String(100))
    state: Mapped[PreviewState] = mapped_column(String(20), default=PreviewState.RUNNING)
    faces_wanted: Mapped[int] = mapped_column(default=0)
    faces_seen: Mapped[int] = mapped_column(default=0)
    agree: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
