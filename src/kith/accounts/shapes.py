"""What is told of keys and tenants, in every way that leads in; never a secret or its hash."""

from datetime import datetime
from typing import Literal, TypedDict

from kith.accounts.tables import ApiKey, Tenant

KeyState = Literal["active", "expired", "revoked"]


class KeyFacts(TypedDict):
    key_id: int
    name: str
    prefix: str
    scopes: list[str]
    state: KeyState
    requests_per_minute: int | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    previous_until: str | None


class TenantFacts(TypedDict):
    slug: str
    suspended: bool
    created_at: str
    max_photos: int | None
    max_faces: int | None
    max_bytes: int | None


def key_facts(key: ApiKey, now: datetime) -> KeyFacts:
    return {
        "key_id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": list(key.scopes),
        "state": key_state(key, now),
        "requests_per_minute": key.requests_per_minute,
        "created_at": key.created_at.isoformat(),
        "expires_at": _text(key.expires_at),
        "revoked_at": _text(key.revoked_at),
        "last_used_at": _text(key.last_used_at),
        "previous_until": _text(key.previous_until),
    }


def tenant_facts(tenant: Tenant) -> TenantFacts:
    return {
        "slug": tenant.slug,
        "suspended": tenant.suspended_at is not None,
        "created_at": tenant.created_at.isoformat(),
        "max_photos": tenant.max_photos,
        "max_faces": tenant.max_faces,
        "max_bytes": tenant.max_bytes,
    }


def key_state(key: ApiKey, now: datetime) -> KeyState:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "active"


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
