"""The audit log: an entry for every access to biometric data, in the transaction of that access."""

import csv
import io
import json
import re
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from kith.accounts.principal import Principal
from kith.audit import queries
from kith.audit.queries import AuditFilter
from kith.audit.tables import AuditAction, AuditEntry
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession

EXPIRE_AUDIT = "expire_audit"
COLUMNS = (
    "id", "at", "actor", "action", "subject", "subject_id", "result", "request_id", "address", "duration_ms",
    "counts",
)  # fmt: skip
_BATCH = 1000
_IDENTIFIER = re.compile(r"[\w.:/-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, and when it began."""

    request_id: str | None = None
    address: str | None = None
    began_at: datetime | None = None


_NOWHERE = Origin()
_ALL = AuditFilter()
_origin: ContextVar[Origin] = ContextVar("kith.audit.origin", default=_NOWHERE)


@contextmanager
def coming_from(origin: Origin) -> Generator[None]:
    """Entries made inside name this origin; a surface's middleware says it once a request."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def record(
    session: WriteSession, clock: Clock, who: Principal, action: AuditAction, subject: str,
    subject_id: int | str | None = None, *, result: str = "ok", counts: Mapping[str, int] | None = None,
) -> None:  # fmt: skip
    """Note an access: `record(session, clock, who, AuditAction.SEARCH, "photo", 7, counts={"results": 3})`.

    It costs one row in the transaction there is, and holds if that commits. `result` is `ok` or the code
    of an error. Raises ValueError for what is no id or code: names have no place here.
    """
    texts = [subject, result, *([] if subject_id is None else [str(subject_id)]), *(counts or {})]
    if not all(_IDENTIFIER.fullmatch(text) for text in texts):
        raise ValueError("an audit entry holds ids and codes only")
    origin, now = _origin.get(), clock.now()
    took = None if origin.began_at is None else round((now - origin.began_at).total_seconds() * 1000)
    session.add(
        AuditEntry(
            at=now, tenant_id=who.tenant_id, actor=who.actor[:200], action=action, subject=subject,
            subject_id=None if subject_id is None else str(subject_id), result=result,
            request_id=origin.request_id and origin.request_id[:200],
            address=origin.address and origin.address[:50], duration_ms=took,
            counts={name: int(count) for name, count in (counts or {}).items()},
        )
    )  # fmt: skip


async def list_entries(
    session: ReadSession, who: Principal, wanted: AuditFilter = _ALL, *, before: int | None = None,
    limit: int = 100,
) -> Sequence[AuditEntry]:  # fmt: skip
    """Newest first; the last one's id is `before` of the next page."""
    statement = queries.newest_first(who, wanted, before)
    return (await session.scalars(statement.limit(min(max(1, limit), _BATCH)))).all()


async def export_entries(
    session: ReadSession, who: Principal, wanted: AuditFilter = _ALL
) -> AsyncGenerator[AuditEntry]:
    """All entries asked for, oldest first, read a piece at a time."""
    after = 0
    while True:
        rows = (await session.scalars(queries.oldest_first(who, wanted, after).limit(_BATCH))).all()
        for row in rows:
            yield row
        if len(rows) < _BATCH:
            return
        after = rows[-1].id
        session.expunge_all()


def as_data(entry: AuditEntry) -> dict[str, object]:
    """An entry, JSON-ready."""
    return {**{name: getattr(entry, name) for name in COLUMNS}, "at": entry.at.isoformat()}


def json_line(entry: AuditEntry) -> str:
    return json.dumps(as_data(entry)) + "\n"


def csv_line(entry: AuditEntry | None = None) -> str:
    """A line of CSV; without an entry the line with the names of the columns."""
    line = io.StringIO()
    if entry is None:
        csv.writer(line).writerow(COLUMNS)
    else:
        data = {**as_data(entry), "counts": json.dumps(entry.counts)}
        csv.writer(line).writerow(_harmless(data[name]) for name in COLUMNS)
    return line.getvalue()


def _harmless(value: object) -> object:
    """No spreadsheet takes it for a formula."""
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
        else value
    )


async def expire_own(session: WriteSession, clock: Clock, who: Principal, days: int) -> int:
    """Forget what is older of one tenant; how many entries that were."""
    statement = queries.expired_of(who, clock.now() - timedelta(days=days))
    return len((await session.scalars(statement)).all())


async def expire(session: WriteSession, clock: Clock, days: int) -> None:
    """Forget what is older."""
    await session.execute(queries.expired(clock.now() - timedelta(days=days)))
