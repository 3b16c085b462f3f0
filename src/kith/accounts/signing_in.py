"""Browsers that have signed in by a key, and what they hold in its place for half a day."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from kith.accounts.keyring import CONFIGURED, Keyring
from kith.accounts.keys import secret_hash
from kith.accounts.principal import Principal
from kith.accounts.server_keys import SharedKey
from kith.kit.clock import Clock
from kith.kit.db import Database

LASTS = timedelta(hours=12)
_MAX_CHARS = 200


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` is signed, and names the key; with another secret of the key, or none, it opens nothing."""

    who: Principal
    token: str


class SignIns:
    """Gives out tokens and knows them again. Nothing is stored: whoever ends the key ends its tokens."""

    def __init__(self, db: Database, clock: Clock, keyring: Keyring) -> None:
        self._key = SharedKey(db, "sign_ins")
        self._clock = clock
        self._keyring = keyring

    async def begin(self, shown: str) -> SignedIn | None:
        """Sign in by a key; None while there is no key at all. Raises ApiKeyMissing, TenantSuspended."""
        who = await self._keyring.identify(shown)
        if who is None:
            return None
        key_id = CONFIGURED if who.key_id is None else who.key_id
        return SignedIn(who, self._token(await self._key.load(), key_id, secret_hash(shown)))

    async def identify(self, token: str) -> SignedIn | None:
        """Who holds a token, with a new one that lasts longer; None for one that is made up or over.

        Raises TenantSuspended.
        """
        parts = token.split(".") if len(token) <= _MAX_CHARS and token.isascii() else []
        if len(parts) != 3 or not (parts[0].isdigit() and parts[1].isdigit()):
            return None
        key_id, expires = int(parts[0]), int(parts[1])
        if expires <= self._clock.now().timestamp():
            return None
        key, found = await self._key.load(), list[str]()

        def is_meant(hashed: str) -> bool:
            if hmac.compare_digest(_signature(key, key_id, expires, hashed), parts[2]):
                found.append(hashed)
            return bool(found)

        who = await self._keyring.find(key_id, is_meant)
        return SignedIn(who, self._token(key, key_id, found[0])) if who is not None else None

    def _token(self, key: bytes, key_id: int, hashed: str) -> str:
        expires = int((self._clock.now() + LASTS).timestamp())
        return f"{key_id}.{expires}.{_signature(key, key_id, expires, hashed)}"


def _signature(key: bytes, key_id: int, expires: int, hashed: str) -> str:
    return hmac.digest(key, f"{key_id}\n{expires}\n{hashed}".encode(), hashlib.sha256).hex()
