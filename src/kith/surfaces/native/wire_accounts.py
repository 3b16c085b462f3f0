"""Keys and tenants on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from kith.accounts.keys import MAX_GRACE, MAX_NAME, MAX_RATE
from kith.accounts.principal import Scope
from kith.surfaces.native.wire import Wire

_MAX_QUOTA = 2**63 - 1


class KeyIn(Wire):
    name: str = Field(min_length=1, max_length=MAX_NAME)
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]
    expires_at: AwareDatetime | None = None
    requests_per_minute: Annotated[int, Field(ge=1, le=MAX_RATE)] | None = None


class RotateIn(Wire):
    grace_seconds: int = Field(default=0, ge=0, le=int(MAX_GRACE.total_seconds()))


class KeyOut(Wire):
    key_id: int
    name: str
    prefix: str
    scopes: list[Scope]
    state: str
    requests_per_minute: int | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    previous_until: datetime | None


class KeySecretOut(KeyOut):
    """`secret` is the key itself; it is told this once."""

    secret: str


class QuotasIn(Wire):
    max_photos: Annotated[int, Field(ge=0, le=_MAX_QUOTA)] | None = None
    max_faces: Annotated[int, Field(ge=0, le=_MAX_QUOTA)] | None = None
    max_bytes: Annotated[int, Field(ge=0, le=_MAX_QUOTA)] | None = None


class TenantIn(QuotasIn):
    slug: str = Field(max_length=100)


class TenantOut(Wire):
    slug: str
    suspended: bool
    created_at: datetime
    max_photos: int | None
    max_faces: int | None
    max_bytes: int | None


class ErasedOut(Wire):
    slug: str
    originals_deleted: int
