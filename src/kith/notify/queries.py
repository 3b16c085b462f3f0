"""The statements of webhooks."""

from datetime import datetime

from sqlalchemy import Delete, Select, Update, delete, func, select, update

from kith.accounts.principal import Principal, visible_to
from kith.accounts.tables import Tenant
from kith.notify.tables import Delivery, DeliveryState, WebhookEndpoint


def endpoints(who: Principal) -> Select[WebhookEndpoint]:
    return visible_to(select(WebhookEndpoint).order_by(WebhookEndpoint.id), WebhookEndpoint, who)


def listening(who: Principal) -> Select[WebhookEndpoint]:
    """Endpoints that stay until the asking transaction has ended, so that deliveries can name them."""
    return endpoints(who).with_for_update(read=True, key_share=True)


def endpoint_at(who: Principal, url: str) -> Select[WebhookEndpoint]:
    return endpoints(who).where(WebhookEndpoint.url == url)


def tenant_name(who: Principal) -> Select[str]:
    return select(Tenant.slug).where(Tenant.id == who.tenant_id)


def endpoint(endpoint_id: int) -> Select[WebhookEndpoint]:
    """For the worker, which works for all tenants."""
    return select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)


def due(endpoint_id: int, now: datetime, limit: int) -> Select[Delivery]:
    return (
        select(Delivery)
        .where(
            Delivery.endpoint_id == endpoint_id,
            Delivery.state == DeliveryState.PENDING,
            Delivery.next_attempt_at <= now,
        )
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(limit)
    )


def next_attempt(endpoint_id: int) -> Select[datetime | None]:
    return select(func.min(Delivery.next_attempt_at)).where(
        Delivery.endpoint_id == endpoint_id, Delivery.state == DeliveryState.PENDING
    )


def attempted(delivery_ids: list[int]) -> Select[Delivery]:
    """Deliveries that are still waiting, kept until the asking transaction has ended."""
    stmt = select(Delivery).where(Delivery.id.in_(delivery_ids), Delivery.state == DeliveryState.PENDING)
    return stmt.order_by(Delivery.id).with_for_update()


def count_events(endpoint_id: int, good: int, bad: int, now: datetime) -> Update:
    return (
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id)
        .values(
            success_count=WebhookEndpoint.success_count + good,
            failure_count=WebhookEndpoint.failure_count + bad,
            last_used_at=now,
        )
    )


def deliveries(who: Principal, state: DeliveryState | None, before: int | None) -> Select[Delivery]:
    """Newest first; from below the id `before` on."""
    stmt = visible_to(select(Delivery), Delivery, who).order_by(Delivery.id.desc())
    if state is not None:
        stmt = stmt.where(Delivery.state == state)
    return stmt if before is None else stmt.where(Delivery.id < before)


def replay(who: Principal, delivery_id: int | None, now: datetime) -> Update:
    stmt = visible_to(update(Delivery), Delivery, who).where(Delivery.state == DeliveryState.DEAD)
    if delivery_id is not None:
        stmt = stmt.where(Delivery.id == delivery_id)
    return stmt.values(
        state=DeliveryState.PENDING, attempts=0, next_attempt_at=now, ended_at=None
    ).returning(Delivery.endpoint_id).execution_options(synchronize_session=False)  # fmt: skip


def expired(before: datetime) -> Delete:
    """What came to its end is forgotten in time; what waits is kept."""
    return delete(Delivery).where(Delivery.created_at < before, Delivery.state != DeliveryState.PENDING)
