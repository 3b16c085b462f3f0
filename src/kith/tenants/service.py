"""Tenants: made with their library, suspended, given quotas."""

import re
from dataclasses import dataclass, replace
from typing import TypedDict

from kith.accounts import queries
from kith.accounts.errors import ScopeMissing, SlugInvalid, TenantExists, TenantKept, TenantNotFound
from kith.accounts.principal import DEFAULT_TENANT_ID, Principal, Scope
from kith.accounts.tables import Tenant
from kith.galleries.tables import LIBRARY, Gallery
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession, serialise
from kith.kit.pages import Page

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Quotas:
    """None is unlimited."""

    photos: int | None = None
    faces: int | None = None
    stored_bytes: int | None = None


class QuotaChange(TypedDict, total=False):
    """What is left out stays."""

    max_photos: int | None
    max_faces: int | None
    max_bytes: int | None


class Tenants:
    """Use cases of one session, for those who run the server."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def create(self, slug: str, quotas: Quotas) -> Tenant:
        """A tenant with an empty library. Raises SlugInvalid, TenantExists, ScopeMissing."""
        require_operator(self._who)
        check_slug(slug)
        await serialise(self._session, "tenants.create")
        if await self._session.scalar(queries.tenant(slug)) is not None:
            raise TenantExists(f"there is a tenant {slug} already")
        now = self._clock.now()
        tenant = Tenant(
            slug=slug, created_at=now, max_photos=quotas.photos, max_faces=quotas.faces,
            max_bytes=quotas.stored_bytes,
        )  # fmt: skip
        self._session.add(tenant)
        await self._session.flush()
        self._session.add(Gallery(tenant_id=tenant.id, slug=LIBRARY, title="Library", created_at=now))
        await self._session.flush()
        return tenant

    async def suspend(self, slug: str) -> Tenant:
        """Refuse all keys of a tenant until it is activated; twice is once. Raises TenantKept."""
        tenant = await get_tenant(self._session, self._who, slug)
        require_operator(self._who)
        if tenant.id == DEFAULT_TENANT_ID:
            raise TenantKept("whoever runs the server is of this tenant")
        tenant.suspended_at = tenant.suspended_at or self._clock.now()
        await self._session.flush()
        return tenant

    async def limit(self, slug: str, change: QuotaChange) -> Tenant:
        """Give a tenant other quotas; what it has beyond them stays. Raises TenantNotFound, ScopeMissing."""
        tenant = await get_tenant(self._session, self._who, slug)
        require_operator(self._who)
        for name, quota in change.items():
            setattr(tenant, name, quota)
        await self._session.flush()
        return tenant

    async def activate(self, slug: str) -> Tenant:
        tenant = await get_tenant(self._session, self._who, slug)
        require_operator(self._who)
        tenant.suspended_at = None
        await self._session.flush()
        return tenant


def check_slug(slug: str) -> None:
    """Raises SlugInvalid."""
    if not _SLUG.fullmatch(slug):
        raise SlugInvalid("1 to 100 small letters, digits, and within them hyphens and underscores")


async def list_tenants(session: ReadSession, who: Principal, page: Page) -> list[Tenant]:
    return list(await session.scalars(queries.tenants(who, page)))


async def get_tenant(session: ReadSession | WriteSession, who: Principal, slug: str) -> Tenant:
    """Raises TenantNotFound for what is not there; for who is no operator also for any but their own."""
    tenant = await session.scalar(queries.tenant(slug))
    if tenant is None or not (who.is_operator or tenant.id == who.tenant_id):
        raise TenantNotFound(f"there is no tenant {slug}")
    return tenant


async def work_as(session: ReadSession | WriteSession, who: Principal, slug: str) -> Principal:
    """`who` in a tenant: an operator in any, others in their own. Raises TenantNotFound."""
    return replace(who, tenant_id=(await get_tenant(session, who, slug)).id)


async def get_own(session: ReadSession | WriteSession, who: Principal) -> Tenant:
    """The tenant one works as; raises TenantNotFound if it was erased meanwhile."""
    tenant = await session.scalar(queries.tenant_row(who))
    if tenant is None:
        raise TenantNotFound("the tenant was erased")
    return tenant


def require_operator(who: Principal) -> None:
    """Raise ScopeMissing unless it is an admin of the default tenant."""
    if not who.is_operator:
        raise ScopeMissing(
            "only a key of the default tenant with the scope admin may do that", scope=Scope.ADMIN
        )
