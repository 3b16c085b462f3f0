"""Part A: who wants to hear of what happens."""

from typing import Annotated

from fastapi import Query

from kith.accounts.principal import Principal, Scope
from kith.kit.db import WriteSession
from kith.notify.service import Webhooks, check_target, list_endpoints, statistics
from kith.notify.tasks import send_test
from kith.runtime import Runtime
from kith.surfaces.access import needs
from kith.surfaces.requests import Kith, Reading, Writing
from kith.surfaces.vectors import mapping, wire
from kith.surfaces.vectors.rating import Full
from kith.surfaces.vectors.tenants import TenantByHeader

_ADMIN = [needs(Scope.ADMIN)]
_BAD = {"model": wire.VectorsErrorOut, "description": "The request cannot be used"}
_DENIED = {"model": wire.VectorsErrorOut, "description": "The tenant is another's"}
_MISSING = {"model": wire.VectorsErrorOut, "description": "There is no such webhook"}

Url = Annotated[str, Query(max_length=2048, description="The address of the webhook.")]

router = Full(tags=["vectors"], responses={400: _BAD, 403: _DENIED})


def _webhooks(kith: Runtime, session: WriteSession, who: Principal) -> Webhooks:
    return Webhooks(session, who, kith.clock, kith.sealer)


@router.post("/webhooks/register", dependencies=_ADMIN, summary="Be told of events")
async def register_webhook(
    body: wire.WebhookIn, kith: Kith, session: Writing, who: TenantByHeader
) -> wire.RegisteredOut:
    """An address that is registered again is replaced."""
    new = mapping.new_endpoint(body)
    await check_target(kith.fetcher, new)
    return mapping.registered(await _webhooks(kith, session, who).register(new))


@router.get("/webhooks/list", dependencies=_ADMIN, summary="List webhooks")
async def list_webhooks(session: Reading, who: TenantByHeader) -> wire.WebhooksOut:
    return mapping.webhooks(await list_endpoints(session, who))


@router.delete(
    "/webhooks/unregister", dependencies=_ADMIN, summary="Be told no more", responses={404: _MISSING}
)
async def unregister_webhook(
    url: Url, kith: Kith, session: Writing, who: TenantByHeader
) -> wire.UnregisteredOut:
    await _webhooks(kith, session, who).remove(url)
    return wire.UnregisteredOut(message="The webhook is removed", url=url)


@router.post("/webhooks/test", dependencies=_ADMIN, summary="Send an event to see whether it arrives")
async def test_webhook(body: wire.WebhookTestIn, kith: Kith, who: TenantByHeader) -> wire.WebhookTestOut:
    """An event `test`, unsigned, twice if need be; within ten seconds."""
    return mapping.tried(await send_test(kith.db, kith.fetcher, kith.clock, who, body.url))


@router.get("/webhooks/stats", dependencies=_ADMIN, summary="How deliveries went")
async def webhook_stats(session: Reading, who: TenantByHeader) -> wire.WebhookStatsOut:
    return mapping.webhook_stats(await statistics(session, who))
