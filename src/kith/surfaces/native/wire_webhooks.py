"""Webhooks on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from kith.notify.tables import DeliveryState
from kith.surfaces.native.wire import Wire
from kith.surfaces.requests import MAX_ID


class WebhookIn(Wire):
    """No `events` are all of them. With a `secret` deliveries are signed."""

    url: str = Field(min_length=1, max_length=2048)
    events: list[Annotated[str, Field(max_length=50)]] = Field(default=[], max_length=50)
    secret: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    timeout_seconds: int = 30
    retry_count: int = 3


class WebhookOut(Wire):
    """The counters count events, not attempts."""

    webhook_id: int
    url: str
    events: list[str]
    is_signed: bool
    timeout_seconds: int
    retry_count: int
    success_count: int
    failure_count: int
    last_used_at: datetime | None
    created_at: datetime


class WebhooksOut(Wire):
    """There are at most a hundred, so this list is always whole. `known_events` are all there are."""

    items: list[WebhookOut]
    next_cursor: None = None
    known_events: list[str]


class TriedOut(Wire):
    """What came of it: a `status` if there was an answer, or else the code of an error."""

    is_success: bool
    status: int | None
    error: str | None
    attempts: int


class DeliveryOut(Wire):
    delivery_id: int
    webhook_id: int
    event: str
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None
    request_id: str
    created_at: datetime
    ended_at: datetime | None


class DeliveriesOut(Wire):
    items: list[DeliveryOut]
    next_cursor: str | None


class ReplayIn(Wire):
    """One that is dead, or all."""

    delivery_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None


class ReplayedOut(Wire):
    replayed: int
