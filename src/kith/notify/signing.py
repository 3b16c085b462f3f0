"""What a webhook carries besides its body: Standard Webhooks, and the headers older receivers know."""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from uuid import UUID

_PREFIX = "whsec_"


def headers(
    body: bytes, secret: str | None, *, event: str, event_id: UUID, request_id: str, now: datetime
) -> dict[str, str]:
    """All headers of one attempt. `webhook-id` stays the same over all attempts, the time does not."""
    moment = str(int(now.timestamp()))
    made = {
        "Content-Type": "application/json",
        "User-Agent": "Kith-Webhook/1.0",
        "webhook-id": f"msg_{event_id.hex}",
        "webhook-timestamp": moment,
        "X-Webhook-Event": event,
        "X-Webhook-Timestamp": moment,
        "X-Webhook-Request-ID": request_id,
    }
    if secret is not None:
        signed = f"{made['webhook-id']}.{moment}.".encode() + body
        standard = hmac.digest(key_of(secret), signed, hashlib.sha256)
        made["webhook-signature"] = f"v1,{base64.b64encode(standard).decode()}"
        made["X-Webhook-Signature"] = f"sha256={hmac.digest(secret.encode(), body, hashlib.sha256).hex()}"
    return made


def key_of(secret: str) -> bytes:
    """The key of Standard Webhooks: what `whsec_` encodes, or else the characters themselves."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
