"""Links that open one thing for a few minutes to whoever holds them."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from kith.accounts.errors import LinkInvalid
from kith.accounts.server_keys import SharedKey
from kith.kit.clock import Clock
from kith.kit.db import Database

LONGEST = timedelta(minutes=10)
_NAME = "links"


@dataclass(frozen=True, slots=True)
class Signature:
    """`expires` in seconds since 1970."""

    expires: int
    text: str


class Signer:
    """Signs and checks with a key that all processes share.

    It is loaded by whoever comes first, outside of any transaction, for it may have to be made.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._key = SharedKey(db, _NAME)
        self._clock = clock

    def sign(self, what: str) -> Signature:
        """For as long as a link may live. The key must have been loaded."""
        expires = int((self._clock.now() + LONGEST).timestamp())
        return Signature(expires, _digest(self._key.loaded, what, expires))

    def check(self, what: str, shown: Signature) -> None:
        """Raises LinkInvalid for another thing's signature, a made up one, and one whose time is over.

        The key must have been loaded.
        """
        genuine = _digest(self._key.loaded, what, shown.expires)
        is_genuine = hmac.compare_digest(genuine.encode(), shown.text.encode(errors="replace"))
        if not is_genuine or shown.expires <= self._clock.now().timestamp():
            raise LinkInvalid

    async def load(self) -> None:
        """Have the key at hand."""
        await self._key.load()


def _digest(key: bytes, what: str, expires: int) -> str:
    return hmac.digest(key, f"{expires}\n{what}".encode(errors="replace"), hashlib.sha256).hex()
