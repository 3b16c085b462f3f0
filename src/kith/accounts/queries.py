"""The statements about tenants and keys."""

from datetime import datetime

from sqlalchemy import Select, Update, or_, select, update

from kith.accounts.principal import Principal, visible_to
from kith.accounts.tables import ApiKey, ServerKey, Tenant
from kith.kit.pages import Page


def tenant(slug: str) -> Select[Tenant]:
    return select(Tenant).where(Tenant.slug == slug)


def tenant_row(who: Principal) -> Select[Tenant]:
    """One's own."""
    return select(Tenant).where(Tenant.id == who.tenant_id)


def tenants(who: Principal, page: Page) -> Select[Tenant]:
    """All of them for an operator, else one's own."""
    stmt = select(Tenant).order_by(Tenant.id).offset(page.skip).limit(page.limit)
    return stmt if who.is_operator else stmt.where(Tenant.id == who.tenant_id)


def key(who: Principal, key_id: int) -> Select[ApiKey]:
    return visible_to(select(ApiKey).where(ApiKey.id == key_id), ApiKey, who)


def keys(who: Principal, page: Page) -> Select[ApiKey]:
    stmt = select(ApiKey).order_by(ApiKey.id).offset(page.skip).limit(page.limit)
    return visible_to(stmt, ApiKey, who)


def key_with(prefix: str) -> Select[ApiKey, Tenant]:
    """A key of any tenant, to find out whose it is."""
    return select(ApiKey, Tenant).join(Tenant, Tenant.id == ApiKey.tenant_id).where(ApiKey.prefix == prefix)


def key_numbered(key_id: int) -> Select[ApiKey, Tenant]:
    """A key of any tenant, for who has signed in by it."""
    return select(ApiKey, Tenant).join(Tenant, Tenant.id == ApiKey.tenant_id).where(ApiKey.id == key_id)


def server_key(name: str) -> Select[str]:
    return select(ServerKey.secret).where(ServerKey.name == name)


def some_key() -> Select[int]:
    """A key that was not revoked. One that has expired counts: time alone opens no door."""
    return select(ApiKey.id).where(ApiKey.revoked_at.is_(None)).limit(1)


def mark_used(key_id: int, now: datetime, before: datetime) -> Update:
    return (
        update(ApiKey)
        .where(ApiKey.id == key_id, or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= before))
        .values(last_used_at=now)
    )
