"""The audit log on the wire."""

from datetime import datetime

from kith.audit.tables import AuditAction
from kith.surfaces.native.wire import Wire


class AuditEntryOut(Wire):
    """Ids, codes and numbers only."""

    entry_id: int
    at: datetime
    actor: str
    action: AuditAction
    subject: str
    subject_id: str | None
    result: str
    request_id: str | None
    address: str | None
    duration_ms: int | None
    counts: dict[str, int]


class AuditOut(Wire):
    items: list[AuditEntryOut]
    next_cursor: str | None
