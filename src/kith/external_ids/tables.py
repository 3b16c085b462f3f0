"""What other systems call our rows."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key, UtcDateTime

MAX_LENGTH = 255


class Kind(StrEnum):
    GALLERY = "gallery"
    PHOTO = "photo"
    PERSON = "person"


class ExternalId(Base):
    """A client's own id of something: of a photo unique in its gallery, of all else in the tenant.

    `photo_id` is what a photo's id stands for, `gallery_id` the gallery it is in, or that is meant,
    `person_id` the person. Several ids of one gallery may stand for the same photo. `updated_at` is when
    the client last sent it.
    """

    __tablename__ = "external_ids"
    __table_args__ = (
        Index("uq_external_ids_photos", "tenant_id", "gallery_id", "kind", "value", unique=True,
              sqlite_where=text("kind = 'photo'"), postgresql_where=text("kind = 'photo'")),
        Index("uq_external_ids_others", "tenant_id", "kind", "value", unique=True,
              sqlite_where=text("kind <> 'photo'"), postgresql_where=text("kind <> 'photo'")),
        # For guests, who know no tenant.
        Index("ix_external_ids_galleries", "value", sqlite_where=text("kind = 'gallery'"),
              postgresql_where=text("kind = 'gallery'")),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[Key] = mapped_column(primary_key=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(MAX_LENGTH))
    gallery_id: Mapped[Key | None] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), index=True)
    photo_id: Mapped[Key | None] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[Key | None] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
