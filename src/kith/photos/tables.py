"""Photos and the files that hold them.

Rows of which many are added at once are told apart by their UUID (`insert_sentinel`): so SQLite, too, takes
them in one statement, and each row is given the key that is its own.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, validates

from kith.kit.db import Base, Bits64, Key, UtcDateTime


class PhotoState(StrEnum):
    PENDING = "pending"
    ANALYSED = "analysed"
    FAILED = "failed"


class Storage(StrEnum):
    """Where a file's bytes are: in the blob store, in place in a folder of the user's, or in the sources."""

    BLOB = "blob"
    FOLDER = "folder"
    SOURCE = "source"


Json = JSON().with_variant(JSONB, "postgresql")


class Photo(Base):
    """One picture, known by the SHA-256 of its bytes: a moved or renamed file is the same photo.

    `taken_at` is the wall clock of the camera; `taken_offset_minutes` its distance from UTC if known.
    `shown_at` is the place in the timeline: `taken_at`, else when it came in, as a wall clock in UTC.
    `shown_month` (202405) is of the same moment: months are counted in an index, where no function of a time
    would be. `exif` are facts of the camera (`PhotoMetadata.facts`). With `trashed_at` it is in the trash.
    `phash` is the perceptual hash; a photo that has one has its derived pictures, too. `is_settled`: it has
    the faces that somebody named, so an analysis embeds them anew but adds none.
    """

    __tablename__ = "photos"
    __table_args__ = (
        UniqueConstraint("tenant_id", "gallery_id", "sha256"),
        Index(None, "tenant_id", "state"),
        Index(None, "tenant_id", "size_bytes"),
        Index("ix_photos_gallery_id_state", "gallery_id", "state"),
        # All that the timeline counts, filters and orders by, so that it reads no row it does not show.
        Index(
            "ix_photos_timeline", "tenant_id", "gallery_id", "trashed_at", "shown_month", "shown_at", "id",
            "is_favourite", "rating",
        ),
        Index("ix_photos_trashed", "tenant_id", "trashed_at", sqlite_where=text("trashed_at IS NOT NULL"),
              postgresql_where=text("trashed_at IS NOT NULL")),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True, insert_sentinel=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    gallery_id: Mapped[Key] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    original_name: Mapped[str] = mapped_column(String(1000))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    width_px: Mapped[int]
    height_px: Mapped[int]
    taken_at: Mapped[datetime | None] = mapped_column(DateTime)
    taken_offset_minutes: Mapped[int | None]
    state: Mapped[PhotoState] = mapped_column(String(20), default=PhotoState.PENDING)
    phash: Mapped[int | None] = mapped_column(Bits64)
    is_settled: Mapped[bool] = mapped_column(default=False, server_default=false())
    analysed_space_id: Mapped[Key | None] = mapped_column(ForeignKey("embedding_spaces.id"))
    error_code: Mapped[str | None] = mapped_column(String(100))
    error_detail: Mapped[str | None] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime] = mapped_column(DateTime)
    shown_month: Mapped[int]
    title: Mapped[str | None] = mapped_column(String(500))
    caption: Mapped[str | None] = mapped_column(String(2000))
    rating: Mapped[int | None]
    is_favourite: Mapped[bool] = mapped_column(default=False, server_default=false())
    exif: Mapped[dict[str, object] | None] = mapped_column(Json)
    trashed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @validates("shown_at")
    def _month_follows(self, _name: str, moment: datetime) -> datetime:
        self.shown_month = month_of(moment)
        return moment

    @property
    def version(self) -> str:
        """What the addresses of its pictures bear, for those who keep them for good."""
        return self.sha256[:12]


def month_of(moment: datetime) -> int:
    """202405 for any day of May 2024."""
    return moment.year * 100 + moment.month


class File(Base):
    """A place where a photo's bytes are; a photo found in two folders has two.

    `location` is a blob name, an absolute path or a key of the sources; `modified_ns` lets a folder be read
    again unhashed.
    """

    __tablename__ = "files"
    __table_args__ = (
        UniqueConstraint("tenant_id", "gallery_id", "storage", "location"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True, insert_sentinel=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    gallery_id: Mapped[Key] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"))
    photo_id: Mapped[Key] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"), index=True)
    tier: Mapped[str] = mapped_column(String(20), default="bronze")
    storage: Mapped[Storage] = mapped_column(String(20))
    location: Mapped[str] = mapped_column(String(4096))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    modified_ns: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Purpose(StrEnum):
    """What a photo was handed in for: to be kept, to be searched by for a day, or to know somebody by."""

    INDEX = "index"
    QUERY = "query"
    ENROLMENT = "enrolment"


class PhotoOrigin(Base):
    """How a photo came in that a client sent or had fetched; photos of folders have none.

    `site` and `url` are where it was seen, `seen_at` when, `notes` the client's own. A query goes when its
    time is over.
    """

    __tablename__ = "photo_origins"
    __table_args__ = (Index("ix_photo_origins_purpose", "tenant_id", "purpose", "created_at"),)

    photo_id: Mapped[Key] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    purpose: Mapped[Purpose] = mapped_column(String(20))
    site: Mapped[str | None] = mapped_column(String(255))
    url: Mapped[str | None] = mapped_column(String(4096))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notes: Mapped[dict[str, object]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Upload(Base):
    """A file on its way in, piece by piece. Its bytes lie aside on disk, and tell how far it is.

    The row goes with the last byte, or when nothing has come for a day.
    """

    __tablename__ = "uploads"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    gallery_id: Mapped[Key] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(1000))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
