"""What can go wrong with requests that come again.

Conflict ── IdempotencyKeyReused
"""

from kith.errors import Conflict


class IdempotencyKeyReused(Conflict):
    code = "idempotency_key_reused"
    title = "The idempotency key was used for another request"
