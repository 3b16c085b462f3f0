"""Who had to do with biometric data."""

from collections.abc import AsyncGenerator, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from kith.accounts.principal import Principal, Scope
from kith.audit.queries import AuditFilter
from kith.audit.service import csv_line, export_entries, json_line, list_entries
from kith.audit.tables import AuditAction, AuditEntry
from kith.kit import cursors
from kith.runtime import Runtime
from kith.surfaces.access import needs
from kith.surfaces.native import wire_audit as wire
from kith.surfaces.native.paging import Paged
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import Kith, Reading, Who

_ADMIN = [needs(Scope.ADMIN)]
_PIECE = 1000  # lines sent in one

router = APIRouter(prefix="/audit", tags=["audit"], responses={403: {"model": ProblemOut}})


async def _wanted(
    action: AuditAction | None = None,
    actor: Annotated[str | None, Query(max_length=200)] = None,
    since: Annotated[AwareDatetime | None, Query(alias="from", description="From this moment on.")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Before this moment.")] = None,
) -> AuditFilter:
    # A name with a NUL is nobody's, and no text that PostgreSQL takes.
    return AuditFilter(since, until, actor.replace("\0", "\ufffd") if actor else actor, action)


Format = Annotated[Literal["jsonl", "csv"], Query(alias="format")]
Wanted = Annotated[AuditFilter, Depends(_wanted)]


@router.get("", dependencies=_ADMIN, summary="The audit log, newest first")
async def show_audit(session: Reading, who: Who, wanted: Wanted, page: Paged) -> wire.AuditOut:
    rows = await list_entries(session, who, wanted, before=page.after_id(), limit=page.limit)
    return _page(rows, page.limit)


@router.get(
    "/export", dependencies=_ADMIN, summary="The audit log as a file, oldest first",
    response_class=StreamingResponse,
)  # fmt: skip
async def export_audit(
    kith: Kith,
    who: Who,
    wanted: Wanted,
    form: Annotated[Literal["jsonl", "csv"], Query(alias="format")] = "jsonl",
) -> StreamingResponse:
    headers = {"content-disposition": f'attachment; filename="audit.{form}"'}
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/x-ndjson"
    return StreamingResponse(_lines(kith, who, wanted, form), media_type=kind, headers=headers)


async def _lines(kith: Runtime, who: Principal, wanted: AuditFilter, form: str) -> AsyncGenerator[str]:
    lines = [csv_line()] if form == "csv" else []
    async with kith.db.read() as session:
        async for entry in export_entries(session, who, wanted):
            lines.append(csv_line(entry) if form == "csv" else json_line(entry))
            if len(lines) >= _PIECE:
                yield "".join(lines)
                lines = []
    yield "".join(lines)


def _page(rows: Sequence[AuditEntry], limit: int) -> wire.AuditOut:
    items = [
        wire.AuditEntryOut(
            entry_id=it.id, at=it.at, actor=it.actor, action=it.action, subject=it.subject,
            subject_id=it.subject_id, result=it.result, request_id=it.request_id, address=it.address,
            duration_ms=it.duration_ms, counts=it.counts,
        )
        for it in rows
    ]  # fmt: skip
    more = cursors.encode(rows[-1].id) if len(rows) == limit else None
    return wire.AuditOut(items=items, next_cursor=more)
