"""Links that open one thing for a few minutes to whoever holds them."""

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from kith.accounts import queries
from kith.accounts.errors import LinkInvalid
from kith.accounts.tables import ServerKey
from kith.kit.clock import Clock
from kith.kit.db import Database, serialise

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
        self._db = db
        self._clock = clock
        self._key: bytes | None = None
        self._making = asyncio.Lock()

    def sign(self, what: str) -> Signature:
        """For as long as a link may live. The key must have been loaded."""
        expires = int((self._clock.now() + LONGEST).timestamp())
        return Signature(expires, _digest(self._loaded, what, expires))

    def check(self, what: str, shown: Signature) -> None:
        """Raises LinkInvalid for another thing's signature, a made up one, and one whose time is over.

        The key must have been loaded.
        """
        genuine = _digest(self._loaded, what, shown.expires)
        is_genuine = hmac.compare_digest(genuine.encode(), shown.text.encode(errors="replace"))
        if not is_genuine or shown.expires <= self._clock.now().timestamp():
            raise LinkInvalid

    async def load(self) -> None:
        """Have the key at hand."""
        async with self._making:
            if self._key is None:
                self._key = bytes.fromhex(await self._read() or await self._make())

    @property
    def _loaded(self) -> bytes:
        if self._key is None:
            raise ValueError("the key of links has not been loaded")
        return self._key

    async def _read(self) -> str | None:
        async with self._db.read() as session:
            return await session.scalar(queries.server_key(_NAME))

    async def _make(self) -> str:
        async with self._db.write() as session:
            await serialise(session, "server_keys")
            secret = await session.scalar(queries.server_key(_NAME))
            if secret is None:
                secret = secrets.token_hex(32)
                session.add(ServerKey(name=_NAME, secret=secret))
            return secret


def _digest(key: bytes, what: str, expires: int) -> str:
    return hmac.digest(key, f"{expires}\n{what}".encode(errors="replace"), hashlib.sha256).hex()
