"""Galleries: sets of photos searched together, and what visitors are shown of them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key, UtcDateTime

LIBRARY = "library"

Json = JSON().with_variant(JSONB, "postgresql")


class Gallery(Base):
    """A shoot, an event, a session; the one with the slug `library` is the tenant's library itself.

    `group_capacity` is the number of faces its grouping was last made for. Without `is_grouped` its faces
    are searched but never matched or grouped into persons.
    """

    __tablename__ = "galleries"
    __table_args__ = (UniqueConstraint("tenant_id", "slug"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(500))
    group_capacity: Mapped[int] = mapped_column(default=0, server_default="0")
    is_grouped: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CreditKind(StrEnum):
    PHOTOGRAPHER = "photographer"
    LOCATION = "location"
    ORGANIZER = "organizer"


class Credit(Base):
    """Who took the pictures of galleries, where, or for whom."""

    __tablename__ = "credits"
    __table_args__ = (Index(None, "tenant_id", "kind"), {"sqlite_autoincrement": True})

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    kind: Mapped[CreditKind] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GalleryDetails(Base):
    """What is told of a gallery that is shown to visitors; galleries without it are somebody else's."""

    __tablename__ = "gallery_details"

    gallery_id: Mapped[Key] = mapped_column(
        ForeignKey("galleries.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    shoot_date: Mapped[date | None] = mapped_column(Date)
    gallery_url: Mapped[str | None] = mapped_column(String(2048))
    external_gallery_url: Mapped[str | None] = mapped_column(String(2048))
    cover_image_url: Mapped[str | None] = mapped_column(String(2048))
    cover_image_square_url: Mapped[str | None] = mapped_column(String(2048))
    sort_order: Mapped[str | None] = mapped_column(String(50))
    photographer_id: Mapped[Key | None] = mapped_column(
        ForeignKey("credits.id", ondelete="SET NULL"), index=True
    )
    location_id: Mapped[Key | None] = mapped_column(ForeignKey("credits.id", ondelete="SET NULL"), index=True)
    organizer_id: Mapped[Key | None] = mapped_column(
        ForeignKey("credits.id", ondelete="SET NULL"), index=True
    )
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GalleryImage(Base):
    """A picture at an address, shown in a gallery; `photo_id` once it was fetched.

    Images with the same bytes share a photo, and so its faces. `url_path` is the decoded path of
    `image_url`.
    """

    __tablename__ = "gallery_images"
    __table_args__ = (
        Index("ix_gallery_images_order", "gallery_id", "display_order", "id"),
        Index(None, "tenant_id", "url_path"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True, insert_sentinel=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    gallery_id: Mapped[Key] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"))
    photo_id: Mapped[Key | None] = mapped_column(ForeignKey("photos.id", ondelete="SET NULL"), index=True)
    image_url: Mapped[str] = mapped_column(String(2048))
    url_path: Mapped[str] = mapped_column(String(2048))
    original_url: Mapped[str | None] = mapped_column(String(2048))
    original_filename: Mapped[str | None] = mapped_column(String(1000))
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    display_order: Mapped[int]
    download_count: Mapped[int] = mapped_column(default=0)
    is_processed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GalleryConfig(Base):
    """What a tenant has set for its galleries, over the defaults."""

    __tablename__ = "gallery_configs"

    tenant_id: Mapped[Key] = mapped_column(
        ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    values: Mapped[dict[str, object]] = mapped_column(Json)


class TrainingRun(Base):
    """A time at which everybody was looked for again with what was known by then."""

    __tablename__ = "training_runs"
    __table_args__ = (Index(None, "tenant_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    mode: Mapped[str] = mapped_column(String(20))
    model_version: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(20))
    people_count: Mapped[int]
    faces_count: Mapped[int]
    metrics: Mapped[dict[str, object]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
