"""`kith audit`: who had to do with biometric data, and when."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.console import RenderableType

from kith.audit.queries import AuditFilter
from kith.audit.service import as_data, csv_line, export_entries, json_line, list_entries
from kith.audit.tables import AuditAction, AuditEntry
from kith.cli.command import Call, add_group, command
from kith.cli.output import table
from kith.kit.pages import MAX_LIMIT

audit = typer.Typer()

Since = Annotated[datetime | None, typer.Option("--since", help="From this moment on (local time).")]
Until = Annotated[datetime | None, typer.Option("--until", help="Before this moment (local time).")]
Actor = Annotated[str | None, typer.Option("--actor", help="Only what this one did.")]
Action = Annotated[AuditAction | None, typer.Option("--action", help="Only this.")]
Subject = Annotated[
    str | None, typer.Option("--subject", help="Only about such a thing, or this one: `photo:7`.")
]
Result = Annotated[str | None, typer.Option("--result", help="`ok`, or the code of an error.")]


def register(app: typer.Typer) -> None:
    add_group(app, audit, "audit", "Who had to do with biometric data, and when: list, export.", newest)


async def newest(call: Call) -> None:
    await _show(call, AuditFilter(), None, 100)


@command(audit, "list", examples=("kith audit list --action search", "kith audit list --subject photo:7"))
async def show(  # noqa: PLR0913  # each is an option of the command
    call: Call,
    *,
    since: Since = None,
    until: Until = None,
    actor: Actor = None,
    action: Action = None,
    subject: Subject = None,
    result: Result = None,
    before: Annotated[int | None, typer.Option("--before", help="The last id of the page before.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="At most so many.")] = 100,
) -> None:
    """List entries, newest first."""
    await _show(call, _filter(since, until, actor, action, subject, result), before, limit)


@command(audit, "export", examples=("kith audit export", "kith audit export --csv"))
async def export(
    call: Call,
    *,
    since: Since = None,
    until: Until = None,
    actor: Actor = None,
    action: Action = None,
    subject: Subject = None,
    result: Result = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, not as JSON lines.")] = False,
) -> None:
    """Print all entries, oldest first, as JSON lines or as CSV."""
    wanted = _filter(since, until, actor, action, subject, result)
    if as_csv:
        sys.stdout.write(csv_line())
    async with call.database() as db, db.read() as session:
        async for entry in export_entries(session, call.who, wanted):
            sys.stdout.write(csv_line(entry) if as_csv else json_line(entry))


async def _show(call: Call, wanted: AuditFilter, before: int | None, limit: int) -> None:
    async with call.database() as db, db.read() as session:
        found = await list_entries(session, call.who, wanted, before=before, limit=limit)
    call.output.answer([as_data(it) for it in found], lambda: _table(found))


def _filter(
    since: datetime | None, until: datetime | None, actor: str | None, action: AuditAction | None,
    subject: str | None, result: str | None,
) -> AuditFilter:  # fmt: skip
    kind, _, subject_id = (subject or "").partition(":")
    return AuditFilter(
        since.astimezone() if since else None, until.astimezone() if until else None, actor, action,
        kind or None, subject_id or None, result,
    )  # fmt: skip


def _table(found: Sequence[AuditEntry]) -> RenderableType:
    if not found:
        return "There are no entries."
    rows = [
        (
            it.id, f"{it.at.astimezone():%Y-%m-%d %H:%M:%S}", it.actor, it.action,
            it.subject if it.subject_id is None else f"{it.subject}:{it.subject_id}", it.result,
            ", ".join(f"{count} {name}" for name, count in it.counts.items()),
        )
        for it in found
    ]  # fmt: skip
    return table(["id", "when", "who", "action", "about", "result", "counts"], rows)
