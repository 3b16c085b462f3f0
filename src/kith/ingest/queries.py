"""The statements about what came in through the stream."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Delete, Select, Update, delete, select, update

from kith.accounts.principal import Principal, visible_to
from kith.accounts.tables import Tenant
from kith.ingest.tables import EntryState, IngestEntry


def with_keys(who: Principal, keys: Sequence[str]) -> Select[IngestEntry]:
    return visible_to(select(IngestEntry).where(IngestEntry.key.in_(keys)), IngestEntry, who)


def entry(entry_id: int) -> Select[IngestEntry]:
    """An entry of anybody, for the worker."""
    return select(IngestEntry).where(IngestEntry.id == entry_id)


def held(entry_id: int) -> Select[IngestEntry]:
    """The same; nobody else brings it to its end until the asker has committed."""
    return entry(entry_id).with_for_update().execution_options(populate_existing=True)


def listed(who: Principal) -> Select[IngestEntry]:
    return visible_to(select(IngestEntry).order_by(IngestEntry.id), IngestEntry, who)


def waiting_since(moment: datetime, after: int, limit: int) -> Select[IngestEntry]:
    """Entries of anybody that should be done by now, behind one on."""
    return (
        select(IngestEntry)
        .where(
            IngestEntry.state == EntryState.WAITING,
            IngestEntry.created_at < moment,
            IngestEntry.id > after,
        )
        .order_by(IngestEntry.id)
        .limit(limit)
    )


def mark_sent(entry_id: int, message_id: str) -> Update:
    return update(IngestEntry).where(IngestEntry.id == entry_id).values(message_id=message_id)


def unsent(entry_ids: Sequence[int]) -> Delete:
    """Entries that have not got into the stream."""
    return delete(IngestEntry).where(
        IngestEntry.id.in_(entry_ids),
        IngestEntry.message_id.is_(None),
        IngestEntry.state == EntryState.WAITING,
    )


def ended_before(moment: datetime) -> Delete:
    """Entries of all tenants that ended, and came in earlier."""
    return delete(IngestEntry).where(IngestEntry.created_at < moment, IngestEntry.state != EntryState.WAITING)


def tenant(slug: str) -> Select[Tenant]:
    return select(Tenant).where(Tenant.slug == slug)


def tenant_slug(who: Principal) -> Select[str]:
    return select(Tenant.slug).where(Tenant.id == who.tenant_id)
