"""Who is told what happens, and what came of it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from kith.accounts.principal import Principal, Scope
from kith.kit.db import WriteSession
from kith.notify.service import Webhooks, check_target, list_deliveries, list_endpoints, numbered_endpoint
from kith.notify.tables import DeliveryState
from kith.notify.tasks import send_test
from kith.runtime import Runtime
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_webhooks as mapping
from kith.surfaces.native import wire_webhooks as wire
from kith.surfaces.native.paging import Paged
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import MAX_ID, Kith, Reading, Who, Writing

WebhookId = Annotated[int, Path(ge=1, le=MAX_ID)]
State = Annotated[DeliveryState | None, Query(description="Only those in this state.")]

_ADMIN = [needs(Scope.ADMIN)]
_BAD = {"model": ProblemOut, "description": "It cannot be spoken to, or not like that"}
_MISSING = {"model": ProblemOut, "description": "There is no such webhook, or delivery"}

router = APIRouter(prefix="/webhooks", tags=["webhooks"], responses={403: {"model": ProblemOut}})


def _webhooks(kith: Runtime, session: WriteSession, who: Principal) -> Webhooks:
    return Webhooks(session, who, kith.clock, kith.sealer)


@router.get("", dependencies=_ADMIN, summary="List webhooks")
async def show_webhooks(session: Reading, who: Who) -> wire.WebhooksOut:
    return mapping.webhooks(await list_endpoints(session, who))


@router.post("", dependencies=_ADMIN, status_code=201, summary="Be told of events", responses={400: _BAD})
async def register_webhook(body: wire.WebhookIn, kith: Kith, who: Who) -> wire.WebhookOut:
    """One at the same address is replaced, and keeps its id."""
    new = mapping.new_endpoint(body)
    await check_target(kith.fetcher, new)
    async with kith.db.write() as session:
        return mapping.webhook(await _webhooks(kith, session, who).register(new))


@router.get("/deliveries", dependencies=_ADMIN, summary="What was sent, newest first")
async def show_deliveries(session: Reading, who: Who, page: Paged, state: State = None) -> wire.DeliveriesOut:
    rows = await list_deliveries(session, who, state=state, before=page.after_id(), limit=page.limit)
    return mapping.deliveries(rows, page.limit)


@router.post(
    "/deliveries/replay", dependencies=_ADMIN, summary="Send again what is dead", responses={404: _MISSING}
)
async def replay_deliveries(body: wire.ReplayIn, kith: Kith, session: Writing, who: Who) -> wire.ReplayedOut:
    return wire.ReplayedOut(replayed=await _webhooks(kith, session, who).replay(body.delivery_id))


@router.post(
    "/{webhook_id}/test", dependencies=_ADMIN, summary="Send an event to see whether it arrives",
    responses={404: _MISSING},
)  # fmt: skip
async def try_webhook(webhook_id: WebhookId, kith: Kith, who: Who) -> wire.TriedOut:
    """An event `test`, unsigned, twice if need be; within ten seconds."""
    async with kith.db.read() as session:
        url = (await numbered_endpoint(session, who, webhook_id)).url
    return mapping.tried(await send_test(kith.db, kith.fetcher, kith.clock, who, url))


@router.delete(
    "/{webhook_id}", dependencies=_ADMIN, status_code=204, summary="Be told no more",
    responses={404: _MISSING},
)  # fmt: skip
async def remove_webhook(webhook_id: WebhookId, kith: Kith, session: Writing, who: Who) -> None:
    row = await numbered_endpoint(session, who, webhook_id)
    await _webhooks(kith, session, who).remove(row.url)
