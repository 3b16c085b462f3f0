"""What galleries are shared on, and where their photos come from."""

from datetime import date, datetime

from sqlalchemy import Date, Float, ForeignKey, String, false
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


class Share(Base):
    """A link that opens a gallery to whoever holds it.

    The token is found by its hash and shown again out of `token_sealed`; a password is only ever compared.
    """

    __tablename__ = "shares"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key] = mapped_column(primary_key=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    gallery_id: Mapped[Key] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token_sealed: Mapped[str] = mapped_column(String(500))
    consent_text: Mapped[str] = mapped_column(String(MAX_WORDS))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    downloads: Mapped[bool]
    only_own: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ShareDay(Base):
    """What guests did by a link on a day; numbers only."""

    __tablename__ = "share_days"

    share_id: Mapped[Key] = mapped_column(ForeignKey("shares.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    visits: Mapped[int] = mapped_column(default=0)
    consents: Mapped[int] = mapped_column(default=0)
    searches: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    downloads: Mapped[int] = mapped_column(default=0)


class Guest(Base):
    """Somebody who came by a link and consented to what it said then; who that is, nobody knows."""

    __tablename__ = "guests"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key] = mapped_column(primary_key=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    share_id: Mapped[Key] = mapped_column(ForeignKey("shares.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    consent_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GuestMatch(Base):
    """A face a guest was found to have. It goes with the face, the guest, or the link."""

    __tablename__ = "guest_matches"

    guest_id: Mapped[Key] = mapped_column(ForeignKey("guests.id", ondelete="CASCADE"), primary_key=True)
    photo_id: Mapped[Key] = mapped_column(
        ForeignKey("photos.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    face_id: Mapped[Key] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), index=True)
    similarity: Mapped[float] = mapped_column(Float)
