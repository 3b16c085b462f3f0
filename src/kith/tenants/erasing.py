"""Erasing a tenant for good: rows, embeddings, jobs, what indexes hold, and bytes that nobody else has."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update

from kith.accounts.principal import DEFAULT_TENANT_ID, Principal
from kith.faces.changes import forget_changes
from kith.faces.service import take_turn
from kith.galleries.tables import Gallery
from kith.kit.blobs import Blobs
from kith.kit.chunks import chunks
from kith.kit.db import Database, WriteSession, serialise
from kith.photos.derived import delete_orphans
from kith.photos.service import REGISTER
from kith.tenants import queries
from kith.tenants.service import get_tenant, require_operator


@dataclass(frozen=True, slots=True)
class Erased:
    """What is left to do once the rows are gone: bytes that may have nobody any more."""

    tenant_id: int
    blobs: tuple[str, ...]
    digests: tuple[str, ...]
    uploads: tuple[UUID, ...]


async def erase_rows(session: WriteSession, who: Principal, slug: str) -> Erased:
    """Delete all rows of a tenant; of the default one its content only. Raises TenantNotFound.

    It takes the turns of registering and deciding: what was under way has been stored and goes too, what
    comes later finds no job, photo or tenant to be stored for.
    """
    tenant = await get_tenant(session, who, slug)
    require_operator(who)
    await take_turn(session, tenant.id)
    await serialise(session, REGISTER, tenant.id)
    blobs = tuple(await session.scalars(queries.blobs_of(tenant.id)))
    digests = tuple(await session.scalars(queries.digests_of(tenant.id)))
    uploads = tuple(await session.scalars(queries.uploads_of(tenant.id)))
    for statement in queries.erasures(tenant.id):
        await session.execute(statement.execution_options(synchronize_session=False))
    if tenant.id == DEFAULT_TENANT_ID:
        await session.execute(update(Gallery).where(Gallery.tenant_id == tenant.id).values(group_capacity=0))
    else:
        session.expunge(tenant)
    await forget_changes(session)
    return Erased(tenant.id, blobs, digests, uploads)


async def erase_blobs(db: Database, blobs: Blobs, erased: Erased) -> int:
    """Delete the bytes that no file names any more, and what was derived of them; how many originals.

    Twice is once.
    """
    count = 0
    for names in chunks(erased.blobs):
        async with db.read() as session:
            named = set(await session.scalars(queries.blobs_named(list(names))))
        for name in names:
            if name not in named:
                await blobs.delete(name)
                count += 1
    async with db.read() as session:
        await delete_orphans(session, blobs, erased.digests)
    return count
