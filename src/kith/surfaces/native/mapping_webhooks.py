"""From our words to the wire's: webhooks."""

from collections.abc import Sequence

from kith.kit import cursors
from kith.notify.service import NewEndpoint
from kith.notify.tables import Delivery, Event, WebhookEndpoint
from kith.notify.tasks import Tried
from kith.surfaces.native import wire_webhooks as wire


def new_endpoint(body: wire.WebhookIn) -> NewEndpoint:
    return NewEndpoint(body.url, body.events, body.secret, body.timeout_seconds, body.retry_count)


def webhook(it: WebhookEndpoint) -> wire.WebhookOut:
    return wire.WebhookOut(
        webhook_id=it.id, url=it.url, events=it.events, is_signed=it.secret is not None,
        timeout_seconds=it.timeout_seconds, retry_count=it.retry_count, success_count=it.success_count,
        failure_count=it.failure_count, last_used_at=it.last_used_at, created_at=it.created_at,
    )  # fmt: skip


def webhooks(rows: Sequence[WebhookEndpoint]) -> wire.WebhooksOut:
    return wire.WebhooksOut(items=[webhook(it) for it in rows], known_events=[it.value for it in Event])


def tried(it: Tried) -> wire.TriedOut:
    outcome = it.outcome
    return wire.TriedOut(
        is_success=outcome.is_success, status=outcome.status, error=outcome.error, attempts=it.attempt
    )


def deliveries(rows: Sequence[Delivery], limit: int) -> wire.DeliveriesOut:
    items = [
        wire.DeliveryOut(
            delivery_id=it.id, webhook_id=it.endpoint_id, event=it.event, state=it.state,
            attempts=it.attempts, next_attempt_at=it.next_attempt_at, last_status=it.last_status,
            last_error=it.last_error,
            request_id=it.request_id, created_at=it.created_at, ended_at=it.ended_at,
        )
        for it in rows
    ]  # fmt: skip
    more = cursors.encode(rows[-1].id) if len(rows) == limit else None
    return wire.DeliveriesOut(items=items, next_cursor=more)
