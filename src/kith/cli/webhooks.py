"""`kith webhooks`: servers that are told what happens."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import RenderableType

from kith.cli.command import Call, add_group, command
from kith.cli.errors import ERROR, OK
from kith.cli.library import library
from kith.cli.output import plain, table
from kith.kit.pages import MAX_LIMIT
from kith.notify.service import (
    MAX_RETRIES,
    MAX_TIMEOUT_SECONDS,
    NewEndpoint,
    Webhooks,
    check_target,
    list_deliveries,
    list_endpoints,
)
from kith.notify.tables import Delivery, DeliveryState, WebhookEndpoint
from kith.notify.tasks import send_test

webhooks = typer.Typer()

UrlArgument = Annotated[str, typer.Argument(metavar="URL", help="An http(s) address.")]


def register(app: typer.Typer) -> None:
    add_group(app, webhooks, "webhooks", "Servers that are told what happens: list, add, test, replay.", show)


@command(webhooks, "list", examples=("kith webhooks", "kith webhooks list --json"))
async def show(call: Call) -> None:
    """List the webhooks, with how many events reached them and how many never did."""
    async with call.database() as db, db.read() as session:
        found = await list_endpoints(session, call.who)
    call.output.answer([_endpoint_json(it) for it in found], lambda: _endpoints(found))


@command(webhooks, "add", examples=("kith webhooks add https://example.org/hook --event face.indexed",))
async def add(
    call: Call,
    url: UrlArgument,
    *,
    event: Annotated[
        list[str] | None, typer.Option("--event", help="May be given several times; else all.")
    ] = None,
    secret: Annotated[str | None, typer.Option("--secret", help="What deliveries are signed with.")] = None,
    seconds: Annotated[
        int, typer.Option("--timeout", min=1, max=MAX_TIMEOUT_SECONDS, help="Seconds to wait for an answer.")
    ] = 30,
    retries: Annotated[
        int, typer.Option("--retries", min=0, max=MAX_RETRIES, help="How often to try again.")
    ] = 3,
) -> None:
    """Register a webhook; one at the same address is replaced."""
    new = NewEndpoint(url, event or [], secret, seconds, retries)
    async with library(call) as runtime:
        await check_target(runtime.fetcher, new)
        async with runtime.db.write() as session:
            row = await Webhooks(session, call.who, runtime.clock, runtime.sealer).register(new)
    call.output.answer(_endpoint_json(row), lambda: plain(f"{row.url} is told of {', '.join(row.events)}."))


@command(webhooks, "remove", examples=("kith webhooks remove https://example.org/hook",))
async def remove(call: Call, url: UrlArgument) -> None:
    """Remove a webhook, with its deliveries."""
    async with library(call) as runtime, runtime.db.write() as session:
        await Webhooks(session, call.who, runtime.clock, runtime.sealer).remove(url)
    call.output.answer({"url": url}, lambda: plain(f"{url} is told nothing any more."))


@command(webhooks, "test", examples=("kith webhooks test https://example.org/hook",))
async def test(call: Call, url: UrlArgument) -> int:
    """Send one event `test`, unsigned, now; exits with 1 if it did not arrive."""
    async with library(call) as runtime:
        tried = await send_test(runtime.db, runtime.fetcher, runtime.clock, call.who, url)
    outcome = tried.outcome
    call.output.answer(
        {
            "url": url, "success": outcome.is_success, "status": outcome.status, "error": outcome.error,
            "attempt": tried.attempt,
        },
        lambda: plain(f"{'Arrived' if outcome.is_success else 'Failed'}: {outcome.status or outcome.error}"),
    )  # fmt: skip
    return OK if outcome.is_success else ERROR


@command(webhooks, "deliveries", examples=("kith webhooks deliveries --dead",))
async def deliveries(
    call: Call,
    *,
    dead: Annotated[bool, typer.Option("--dead", help="Only what never arrived.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="At most so many.")] = 100,
) -> None:
    """List what was sent, newest first."""
    state = DeliveryState.DEAD if dead else None
    async with call.database() as db, db.read() as session:
        found = await list_deliveries(session, call.who, state=state, limit=limit)
    call.output.answer([_delivery_json(it) for it in found], lambda: _deliveries(found))


@command(webhooks, "replay", examples=("kith webhooks replay", "kith webhooks replay 17"))
async def replay(
    call: Call,
    delivery: Annotated[
        int | None,
        typer.Argument(metavar="[DELIVERY]", help="Its id, as `kith webhooks deliveries` shows it."),
    ] = None,
) -> None:
    """Send a dead delivery again, or all; `kith serve` or `kith worker` delivers."""
    async with library(call) as runtime, runtime.db.write() as session:
        count = await Webhooks(session, call.who, runtime.clock, runtime.sealer).replay(delivery)
    call.output.answer({"queued": count}, lambda: plain(f"{count} deliveries are queued again."))


def _endpoint_json(it: WebhookEndpoint) -> dict[str, object]:
    return {
        "id": it.id, "url": it.url, "events": it.events, "signed": it.secret is not None,
        "timeout_seconds": it.timeout_seconds, "retry_count": it.retry_count,
        "successes": it.success_count, "failures": it.failure_count,
        "last_used_at": it.last_used_at.isoformat() if it.last_used_at else None,
        "created_at": it.created_at.isoformat(),
    }  # fmt: skip


def _delivery_json(it: Delivery) -> dict[str, object]:
    return {
        "id": it.id, "event": it.event, "endpoint": it.endpoint_id, "state": it.state,
        "attempts": it.attempts, "status": it.last_status, "error": it.last_error,
        "created_at": it.created_at.isoformat(),
        "next_attempt_at": it.next_attempt_at.isoformat() if it.next_attempt_at else None,
    }  # fmt: skip


def _endpoints(found: Sequence[WebhookEndpoint]) -> RenderableType:
    if not found:
        return "There are no webhooks."
    rows = [(it.url, ", ".join(it.events), it.success_count, it.failure_count) for it in found]
    return table(["url", "events", "arrived", "failed"], rows)


def _deliveries(found: Sequence[Delivery]) -> RenderableType:
    if not found:
        return "Nothing was sent."
    rows = [
        (it.id, it.event, it.state, it.attempts, it.last_status or it.last_error or "", it.created_at)
        for it in found
    ]
    return table(["id", "event", "state", "attempts", "last", "since"], rows)
