"""API keys: made, shown once, rotated, revoked."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from kith.accounts import queries
from kith.accounts.errors import KeyInvalid, KeyNotFound, KeyRevoked
from kith.accounts.principal import Principal, Scope
from kith.accounts.tables import ApiKey
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession
from kith.kit.pages import Page

MAX_NAME = 200
MAX_RATE = 1_000_000
MAX_GRACE = timedelta(days=366)
_PREFIX_BYTES = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A key with its secret, which is known at this moment only."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class NewKey:
    name: str
    scopes: Collection[Scope]
    expires_at: datetime | None = None
    requests_per_minute: int | None = None


class Keys:
    """Use cases of one session, for one tenant."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def create(self, new: NewKey) -> Shown:
        """Raises KeyInvalid."""
        _check(new, self._clock.now())
        prefix = f"kith_{secrets.token_hex(_PREFIX_BYTES)}"
        secret = _new_secret(prefix)
        key = ApiKey(
            tenant_id=self._who.tenant_id, name=new.name.strip(), prefix=prefix,
            secret_hash=secret_hash(secret),
            scopes=[scope.value for scope in Scope if scope in new.scopes], expires_at=new.expires_at,
            requests_per_minute=new.requests_per_minute, created_at=self._clock.now(),
        )  # fmt: skip
        self._session.add(key)
        await self._session.flush()
        return Shown(key, secret)

    async def rotate(self, key_id: int, grace: timedelta) -> Shown:
        """A new secret; the one before stays valid for `grace`. Raises KeyNotFound or KeyRevoked."""
        if not timedelta() <= grace <= MAX_GRACE:
            raise KeyInvalid("the old secret may stay valid for 0 seconds to 366 days")
        key = await self._get(key_id)
        if key.revoked_at is not None:
            raise KeyRevoked(f"key {key_id} was revoked; make a new one")
        secret = _new_secret(key.prefix)
        key.previous_hash, key.previous_until = key.secret_hash, self._clock.now() + grace
        key.secret_hash = secret_hash(secret)
        await self._session.flush()
        return Shown(key, secret)

    async def revoke(self, key_id: int) -> ApiKey:
        """End a key at once; twice is once. Raises KeyNotFound."""
        key = await self._get(key_id)
        key.revoked_at = key.revoked_at or self._clock.now()
        await self._session.flush()
        return key

    async def _get(self, key_id: int) -> ApiKey:
        key = await self._session.scalar(queries.key(self._who, key_id).with_for_update())
        if key is None:
            raise KeyNotFound(f"there is no key {key_id}")
        return key


async def list_keys(session: ReadSession, who: Principal, page: Page) -> list[ApiKey]:
    return list(await session.scalars(queries.keys(who, page)))


def prefix_of(secret: str) -> str:
    """The part of a key that finds it."""
    return secret.rpartition(".")[0][:20]


def is_valid(key: ApiKey, secret: str, now: datetime) -> bool:
    """Whether this is the key's secret, and the key may still be used. Takes as long for a wrong one."""
    shown = secret_hash(secret)
    is_current = hmac.compare_digest(shown, key.secret_hash)
    is_previous = hmac.compare_digest(shown, key.previous_hash or "")
    in_grace = key.previous_until is not None and now < key.previous_until
    is_alive = key.revoked_at is None and (key.expires_at is None or now < key.expires_at)
    return is_alive and (is_current or (is_previous and in_grace))


def live_hashes(key: ApiKey, now: datetime) -> list[str]:
    """The hashes of the secrets that open a key at this moment; none of one that may not be used any more."""
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        return []
    in_grace = key.previous_until is not None and now < key.previous_until
    return [key.secret_hash, *([key.previous_hash] if in_grace and key.previous_hash else [])]


def _check(new: NewKey, now: datetime) -> None:
    name = new.name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise KeyInvalid(f"a key needs a printable name of at most {MAX_NAME} characters")
    if not new.scopes:
        raise KeyInvalid("a key needs a scope")
    if new.expires_at is not None and new.expires_at <= now:
        raise KeyInvalid("a key cannot have expired before it is made")
    if new.requests_per_minute is not None and not 1 <= new.requests_per_minute <= MAX_RATE:
        raise KeyInvalid(f"a key may have 1 to {MAX_RATE:,} requests per minute")


def _new_secret(prefix: str) -> str:
    return f"{prefix}.{secrets.token_urlsafe(32)}"


def secret_hash(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
