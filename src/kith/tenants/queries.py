"""The statements that reach across all that a tenant has."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Delete, ForeignKey, Select, Table, delete, literal, select, tuple_

from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.accounts.tables import ApiKey, Tenant
from kith.audit.tables import AuditEntry
from kith.batches.tables import BatchItem
from kith.faces.tables import EmbeddingSpace
from kith.galleries.tables import LIBRARY, Gallery
from kith.kit.db import Base
from kith.photos.tables import File, Photo, Storage, Upload

# What the default tenant keeps when it is erased: itself, its keys, its library.
_KEPT = {Tenant.__tablename__, ApiKey.__tablename__, Gallery.__tablename__}
# The audit log tells of everybody, also of who was erased, until its own time is over; ids and codes only.
_OUTLIVES = {AuditEntry.__tablename__}
# What is under way, or repeats what other tables say.
_PASSING = {"jobs", "job_pauses", "uploads", "pack_previews", "kept_answers", "decision_subjects"}


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


def exported() -> list[Table]:
    """Every table that holds what a tenant has, whether it names the tenant or what is the tenant's.

    As in `erasures` they are found in the schema, so that none can be forgotten.
    """
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name not in _PASSING and _owner(table) is not None
    ]


def rows_after(table: Table, tenant_id: int, last: Sequence[object], limit: int) -> Select[Any]:
    """The rows of a tenant in a table behind the one with the key `last`, or from the first on."""
    keys = list(table.primary_key.columns)
    stmt = select(table).order_by(*keys).limit(limit)
    if last:
        stmt = stmt.where(tuple_(*keys) > tuple_(*(literal(it) for it in last)))
    owner = _owner(table)
    if isinstance(owner, ForeignKey):
        stmt = stmt.join(owner.column.table, owner.parent == owner.column)
        return stmt.where(owner.column.table.c.tenant_id == tenant_id)
    return stmt.where(table.c.tenant_id == tenant_id)


def spaces() -> Select[Any]:
    """The embedding spaces, which are everybody's: without them an embedding means nothing."""
    return select(EmbeddingSpace.__table__).order_by(EmbeddingSpace.id)


def _owner(table: Table) -> ForeignKey | Column[Any] | None:
    """What says whose the rows of a table are: its own column, or one that leads to a table with that."""
    if "tenant_id" in table.c:
        return table.c.tenant_id
    leading = (it for it in sorted(table.foreign_keys, key=str) if "tenant_id" in it.column.table.c)
    return next(leading, None)


def photos_after(tenant_id: int, photo_id: int, limit: int) -> Select[Photo]:
    stmt = select(Photo).where(Photo.tenant_id == tenant_id, Photo.id > photo_id)
    return stmt.order_by(Photo.id).limit(limit)
