"""The statements of the audit log: it is read, and what is old is forgotten. Nothing changes it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Delete, Select, delete, select
from sqlalchemy.sql.dml import ReturningDelete

from kith.accounts.principal import Principal, visible_to
from kith.audit.tables import AuditAction, AuditEntry


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What is asked for; `since` is inclusive, `until` is not."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    action: AuditAction | None = None
    subject: str | None = None
    subject_id: str | None = None
    result: str | None = None


def entries(who: Principal, wanted: AuditFilter) -> Select[AuditEntry]:
    stmt = visible_to(select(AuditEntry), AuditEntry, who)
    if wanted.since is not None:
        stmt = stmt.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        stmt = stmt.where(AuditEntry.at < wanted.until)
    for name in ("actor", "action", "subject", "subject_id", "result"):
        value: str | None = getattr(wanted, name)
        if value is not None:
            stmt = stmt.where(getattr(AuditEntry, name) == value)
    return stmt


def newest_first(who: Principal, wanted: AuditFilter, before: int | None) -> Select[AuditEntry]:
    stmt = entries(who, wanted).order_by(AuditEntry.id.desc())
    return stmt if before is None else stmt.where(AuditEntry.id < before)


def oldest_first(who: Principal, wanted: AuditFilter, after: int) -> Select[AuditEntry]:
    return entries(who, wanted).order_by(AuditEntry.id).where(AuditEntry.id > after)


def expired(before: datetime) -> Delete:
    return delete(AuditEntry).where(AuditEntry.at < before)


def expired_of(who: Principal, before: datetime) -> ReturningDelete[int]:
    stmt = visible_to(delete(AuditEntry).where(AuditEntry.at < before), AuditEntry, who)
    return stmt.returning(AuditEntry.id)
