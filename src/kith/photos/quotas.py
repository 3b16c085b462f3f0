"""How much a tenant may have."""

from kith.accounts import queries as account_queries
from kith.accounts.errors import QuotaExceeded, TenantNotFound
from kith.accounts.principal import Principal
from kith.kit.db import WriteSession
from kith.photos import queries


async def require_room(session: WriteSession, who: Principal, *, photos: int, size_bytes: int) -> None:
    """Raise QuotaExceeded unless so many new photos of so many bytes fit; the turn must have been taken.

    Faces are counted as they are: a picture that is analysed later may lead a little beyond their quota,
    but then no further picture is taken. Raises TenantNotFound if the tenant was erased meanwhile.
    """
    with session.no_autoflush:
        tenant = await session.scalar(account_queries.tenant_row(who))
        if tenant is None:
            raise TenantNotFound("the tenant was erased")
        quotas = {
            "photos": (tenant.max_photos, queries.count(who), photos),
            "bytes": (tenant.max_bytes, queries.stored_bytes(who), size_bytes),
            "faces": (tenant.max_faces, queries.face_count(who), 1),
        }
        for what, (limit, statement, more) in quotas.items():
            if limit is not None and (await session.scalar(statement) or 0) + more > limit:
                raise QuotaExceeded(f"the tenant may have {limit:,} {what}", quota=what, limit=limit)
