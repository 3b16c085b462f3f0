"""Who owns what, and who may do what: tenants and their keys."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key, UtcDateTime


class Tenant(Base):
    """An isolated customer: its own photos and people. A private install has one, `default`.

    The quotas are upper bounds; None is none.
    """

    __tablename__ = "tenants"

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    max_photos: Mapped[int | None] = mapped_column(BigInteger)
    max_faces: Mapped[int | None] = mapped_column(BigInteger)
    max_bytes: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiKey(Base):
    """A key of a tenant. Only the SHA-256 of its secret is stored; `prefix` finds it.

    After a rotation the secret before is valid until `previous_until`.
    """

    __tablename__ = "api_keys"

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(20), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    previous_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    requests_per_minute: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ServerKey(Base):
    """A secret all processes of a server share, made by whichever needs it first."""

    __tablename__ = "server_keys"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
