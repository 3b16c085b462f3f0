"""Part A: what is kept no longer than it may be."""

from kith.accounts.principal import Scope
from kith.surfaces.access import needs
from kith.surfaces.requests import Kith
from kith.surfaces.vectors import mapping, wire
from kith.surfaces.vectors.cleaning import clean
from kith.surfaces.vectors.rating import Full
from kith.surfaces.vectors.tenants import TenantByHeader

_DENIED = {"model": wire.VectorsErrorOut, "description": "The tenant is another's"}

router = Full(tags=["vectors"], responses={403: _DENIED})


@router.post(
    "/admin/cleanup",
    dependencies=[needs(Scope.ADMIN)],
    summary="Remove what is kept no longer than it may be",
)
async def run_cleanup(kith: Kith, who: TenantByHeader) -> wire.CleanupOut:
    """Of one's own tenant, what would go within a day anyway: queries, photos of sites, old audit entries."""
    return mapping.cleanup(kith.clock.now(), await clean(kith, who))
