"""Galleries: sets of photos searched together."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key, UtcDateTime

LIBRARY = "library"


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
