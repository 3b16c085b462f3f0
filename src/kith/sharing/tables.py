"""What galleries are shared on, and where their photos come from."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key, UtcDateTime

MAX_WORDS = 4000
MAX_PREFIX = 1024


class GalleryTerms(Base):
    """That a gallery is one to be shared, and until when faces may be known in it.

    `expired_at` is when its faces were erased. `words` are what its photographer has to say to guests.
    """

    __tablename__ = "gallery_terms"

    gallery_id: Mapped[Key] = mapped_column(
        ForeignKey("galleries.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(String(MAX_WORDS), default="", server_default="")
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delete_photos_on_expiry: Mapped[bool] = mapped_column(default=False, server_default=false())
    expired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GalleryIntake(Base):
    """Pictures of the sources that are taken into a gallery, all whose keys begin with `prefix`.

    `found` is None until they have been counted.
    """

    __tablename__ = "gallery_intakes"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key] = mapped_column(primary_key=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    gallery_id: Mapped[Key] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), index=True)
    prefix: Mapped[str] = mapped_column(String(MAX_PREFIX))
    found: Mapped[int | None]
    added: Mapped[int] = mapped_column(default=0, server_default="0")
    duplicates: Mapped[int] = mapped_column(default=0, server_default="0")
    refused: Mapped[int] = mapped_column(default=0, server_default="0")
    error_code: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
