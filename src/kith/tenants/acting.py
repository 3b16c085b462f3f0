"""Working as a tenant that a client names."""

from contextlib import suppress
from dataclasses import replace

from kith.accounts import queries
from kith.accounts.errors import TenantAccessDenied, TenantExists, TenantSuspended
from kith.accounts.keyring import Keyring
from kith.accounts.principal import Principal, Scope
from kith.accounts.tables import Tenant
from kith.kit.clock import Clock
from kith.kit.db import Database
from kith.tenants.service import Quotas, Tenants, check_slug


async def act_for(db: Database, clock: Clock, keyring: Keyring, who: Principal, slug: str) -> Principal:
    """`who` as the tenant of that name: their own, or for an operator any there is.

    While there is no key at all nobody has a tenant of their own, so one that is not there is made. Raises
    TenantAccessDenied for what is not there or another's, TenantSuspended, SlugInvalid.
    """
    check_slug(slug)
    tenant = await _find(db, slug)
    if tenant is None and who.is_operator and not await keyring.has_keys():
        with suppress(TenantExists):
            async with db.write() as session:
                await Tenants(session, who, clock).create(slug, Quotas())
        tenant = await _find(db, slug)
    if tenant is None or not (who.is_operator or tenant.id == who.tenant_id):
        raise TenantAccessDenied("the key is not of this tenant")
    if tenant.suspended_at is not None:
        raise TenantSuspended(f"the tenant {tenant.slug} is suspended")
    return replace(who, tenant_id=tenant.id)


async def act_by_link(db: Database, slug: str) -> Principal:
    """Who holds a link of the tenant of that name, and may only look; raises TenantAccessDenied."""
    tenant = await _find(db, slug)
    if tenant is None or tenant.suspended_at is not None:
        raise TenantAccessDenied("the link is of no tenant")
    return Principal(tenant.id, "link", frozenset({Scope.READ}))


async def _find(db: Database, slug: str) -> Tenant | None:
    async with db.read() as session:
        return await session.scalar(queries.tenant(slug))
