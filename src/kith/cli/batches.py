"""`kith batches`: pictures that clients have indexed in the background."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import RenderableType

from kith.accounts.principal import DEFAULT_TENANT
from kith.batches.service import Batches, BatchReport, get_batch, list_batches
from kith.batches.tables import Batch
from kith.cli.acting import acting_for
from kith.cli.command import Call, add_group, command
from kith.cli.output import lines, plain, table
from kith.kit.clock import SystemClock
from kith.kit.db import Database
from kith.kit.pages import Page

batches = typer.Typer()

_TEXT = "Pictures indexed in the background: list, show, cancel."
# Of each batch much is read, so fewer are listed than of other things.
_MOST_LISTED = 100
_LOOKS_EVERY_SECONDS = 1.0

TenantOption = Annotated[str, typer.Option("--tenant", metavar="SLUG", help="Whose batches.")]
BatchArgument = Annotated[str, typer.Argument(metavar="BATCH", help="Its id, as `list` shows it.")]


def register(app: typer.Typer) -> None:
    add_group(app, batches, "batches", _TEXT, show_batches)


@command(batches, "list", examples=("kith batches", "kith batches list --tenant studio --json"))
async def show_batches(
    call: Call,
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, max=_MOST_LISTED, help="At most so many.")] = 20,
    tenant: TenantOption = DEFAULT_TENANT,
) -> None:
    """List the batches of a tenant, newest first."""
    async with call.database() as db, db.read() as session:
        who = await acting_for(call, session, tenant)
        found, _ = await list_batches(session, who, Page(0, limit))
    call.output.answer([_facts(it.batch) for it in found], lambda: _table([it.batch for it in found]))


@command(batches, "show", examples=("kith batches show 0e6a2f6c8b1d4e0f9a7b5c3d2e1f0a9b --watch",))
async def show(
    call: Call,
    batch: BatchArgument,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Show it again whenever it has changed, until it has ended.")
    ] = False,
    tenant: TenantOption = DEFAULT_TENANT,
) -> None:
    """Show how far a batch is, and what failed in it."""
    async with call.database() as db:
        async for report in _reports(call, db, tenant, batch):
            call.output.answer(_report(report), lambda it=report: _lines(it))
            if not watch:
                return


@command(batches, "cancel", examples=("kith batches cancel 0e6a2f6c8b1d4e0f9a7b5c3d2e1f0a9b",))
async def cancel(call: Call, batch: BatchArgument, tenant: TenantOption = DEFAULT_TENANT) -> None:
    """Index nothing more of a batch. What was indexed before stays."""
    async with call.database() as db, db.write() as session:
        who = await acting_for(call, session, tenant)
        cancelled = await Batches(session, who, SystemClock()).cancel(batch)
    call.output.answer(_facts(cancelled), lambda: plain(f"The batch is cancelled{_so_far(cancelled)}."))


async def _reports(call: Call, db: Database, tenant: str, batch_id: str) -> AsyncGenerator[BatchReport]:
    """A batch, and again whenever it has changed, until it has ended."""
    seen: datetime | None = None
    while True:
        async with db.read() as session:
            report = await get_batch(session, await acting_for(call, session, tenant), batch_id)
        if report.batch.updated_at != seen:
            yield report
        seen = report.batch.updated_at
        if not report.batch.is_open:
            return
        await asyncio.sleep(_LOOKS_EVERY_SECONDS)


def _facts(it: Batch) -> dict[str, object]:
    return {
        "batch_id": it.uuid.hex, "state": it.state, "total": it.total, "processed": it.processed,
        "successful": it.successful, "failed": it.failed, "error": it.error_code,
        "created_at": it.created_at.isoformat(), "updated_at": it.updated_at.isoformat(),
        "ended_at": it.ended_at.isoformat() if it.ended_at else None,
    }  # fmt: skip


def _report(report: BatchReport) -> dict[str, object]:
    errors = [
        {
            "position": it.position, "url": it.url, "code": it.code, "message": it.detail,
            "at": datetime.fromtimestamp(it.at, UTC).isoformat(),
        }
        for it in report.errors
    ]  # fmt: skip
    return {**_facts(report.batch), "metadata": report.batch.notes, "errors": errors}


def _table(found: Sequence[Batch]) -> RenderableType:
    if not found:
        return "There are no batches."
    rows = [
        (it.uuid.hex, it.state, it.total, it.processed, it.successful, it.failed, it.created_at)
        for it in found
    ]
    return table(["id", "state", "pictures", "processed", "indexed", "failed", "since"], rows)


def _lines(report: BatchReport) -> RenderableType:
    it = report.batch
    ended = f" ({it.error_code})" if it.error_code else ""
    return lines(
        (
            f"{it.uuid.hex} is {it.state}{ended}{_so_far(it)}.",
            *(f"  {error.url}: [{error.code}] {error.detail}" for error in report.errors),
        )
    )


def _so_far(it: Batch) -> str:
    """How much of it was done, as the end of a sentence."""
    done = f"{it.processed:,} of {it.total:,} pictures processed"
    return f": {done}, {it.successful:,} indexed, {it.failed:,} failed"
