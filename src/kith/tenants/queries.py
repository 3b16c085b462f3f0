"""The statements that reach across all that a tenant has."""

from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Select, delete, select

from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.accounts.tables import ApiKey, Tenant
from kith.audit.tables import AuditEntry
from kith.batches.tables import BatchItem
from kith.galleries.tables import LIBRARY, Gallery
from kith.kit.db import Base
from kith.photos.tables import File, Photo, Storage, Upload

# What the default tenant keeps when it is erased: itself, its keys, its library.
_KEPT = {Tenant.__tablename__, ApiKey.__tablename__, Gallery.__tablename__}
# The audit log tells of everybody, also of who was erased, until its own time is over; ids and codes only.
_OUTLIVES = {AuditEntry.__tablename__}


def blobs_of(tenant_id: int) -> Select[str]:
    """The names of all blobs a tenant's files name, or in which bytes of its batches wait."""
    files = select(File.location).where(File.tenant_id == tenant_id, File.storage == Storage.BLOB)
    waiting = select(BatchItem.kept_as).where(
        BatchItem.tenant_id == tenant_id, BatchItem.kept_as.is_not(None)
    )
    return select(files.union(waiting).subquery().c.location)


def digests_of(tenant_id: int) -> Select[str]:
    """The digests of all photos of a tenant."""
    return select(Photo.sha256).where(Photo.tenant_id == tenant_id).distinct()


def uploads_of(tenant_id: int) -> Select[UUID]:
    """What the bytes of a tenant's uploads are called."""
    return select(Upload.uuid).where(Upload.tenant_id == tenant_id)


def blobs_named(names: list[str]) -> Select[str]:
    """Those of the names that a file of anybody has."""
    stmt = select(File.location).where(File.storage == Storage.BLOB, File.location.in_(names))
    return stmt.distinct()


def erasures(tenant_id: int) -> list[Delete]:
    """Everything of a tenant, in the order in which nothing is left pointing at nothing.

    Every table with a `tenant_id` but the audit log is named by the schema itself, so that none can be
    forgotten; what hangs below them goes by foreign keys.
    """
    found = [
        delete(table).where(table.c.tenant_id == tenant_id)
        for table in reversed(Base.metadata.sorted_tables)
        if "tenant_id" in table.c
        and table.name not in _OUTLIVES
        and not (tenant_id == DEFAULT_TENANT_ID and table.name in _KEPT)
    ]
    if tenant_id == DEFAULT_TENANT_ID:
        found.append(delete(Gallery).where(Gallery.tenant_id == tenant_id, Gallery.slug != LIBRARY))
    else:
        found.append(delete(Tenant).where(Tenant.id == tenant_id))
    return found


def rows_after(table: type[Any], tenant_id: int, row_id: int, limit: int) -> Select[Any]:
    """The rows of a tenant in a table, in the order of their ids."""
    stmt = select(table).where(table.tenant_id == tenant_id, table.id > row_id)
    return stmt.order_by(table.id).limit(limit)


def photos_after(tenant_id: int, photo_id: int, limit: int) -> Select[Photo]:
    stmt = select(Photo).where(Photo.tenant_id == tenant_id, Photo.id > photo_id)
    return stmt.order_by(Photo.id).limit(limit)
