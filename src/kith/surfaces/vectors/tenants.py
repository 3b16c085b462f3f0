"""Whom a request is for: the key decides; the name a client gives must be that of the key's own tenant."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

from kith.accounts.errors import TenantAccessDenied
from kith.accounts.principal import Principal
from kith.runtime import Runtime
from kith.surfaces.requests import Kith, Who
from kith.surfaces.vectors.errors import TenantMissing, TenantNameInvalid
from kith.tenants.acting import act_for

_MIN_LENGTH = 3

Named = Annotated[
    str | None, Header(alias="X-Tenant-ID", description="The tenant; at least 3 characters.")
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tenancy:
    """For parts B and C, where a field of the request names the tenant; a header must not say otherwise."""

    kith: Runtime
    who: Principal
    header: str | None

    async def of(self, field: str | None) -> Principal:
        """Who works, as the tenant of that name; without one as that of the header, or of the key.

        Raises TenantNameInvalid, and what `act_for` raises.
        """
        named = field if field is not None else self.header
        if named is None:
            return self.who
        name = _checked(named)
        if self.header is not None and self.header.strip() != name:
            raise TenantAccessDenied("X-Tenant-ID and tenant_id name two tenants")
        return await act_for(self.kith.db, self.kith.clock, self.kith.keyring, self.who, name)


async def by_header(kith: Runtime, who: Principal, named: str | None) -> Principal:
    """Who works, as the tenant a header names; raises TenantMissing, and what `act_for` raises."""
    if not named:
        raise TenantMissing("the header X-Tenant-ID is missing")
    return await act_for(kith.db, kith.clock, kith.keyring, who, _checked(named))


async def _by_header(kith: Kith, who: Who, named: Named = None) -> Principal:
    return await by_header(kith, who, named)


async def _by_field(kith: Kith, who: Who, named: Named = None) -> Tenancy:
    return Tenancy(kith, who, named)


# Part A: `who: TenantByHeader` is whom to work as.
TenantByHeader = Annotated[Principal, Depends(_by_header)]
# Parts B and C: `who = await tenancy.of(body.tenant_id)`.
TenantByField = Annotated[Tenancy, Depends(_by_field)]


def _checked(name: str) -> str:
    if len(name.strip()) < _MIN_LENGTH:
        raise TenantNameInvalid(f"a tenant's name has at least {_MIN_LENGTH} characters")
    return name.strip()
