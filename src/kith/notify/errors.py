"""What can go wrong with webhooks.

NotFound ── WebhookNotFound, DeliveryNotFound
InvalidInput ── WebhookEventsInvalid, WebhookInvalid
LimitExceeded ── TooManyWebhooks
"""

from kith.errors import InvalidInput, LimitExceeded, NotFound


class WebhookNotFound(NotFound):
    code = "webhook_not_found"
    title = "There is no such webhook"


class DeliveryNotFound(NotFound):
    code = "delivery_not_found"
    title = "There is no such delivery to send again"


class WebhookEventsInvalid(InvalidInput):
    code = "webhook_events_invalid"
    title = "There are no such events"


class WebhookInvalid(InvalidInput):
    code = "webhook_invalid"
    title = "The webhook cannot be registered like this"


class TooManyWebhooks(LimitExceeded):
    code = "too_many_webhooks"
    title = "There are too many webhooks"
