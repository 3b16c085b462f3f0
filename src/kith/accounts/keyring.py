"""Who shows which key."""

import asyncio
import hmac
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from kith.accounts import queries
from kith.accounts.errors import ApiKeyMissing, TenantSuspended
from kith.accounts.keys import is_valid, live_hashes, prefix_of, secret_hash
from kith.accounts.principal import Principal, Scope
from kith.accounts.tables import ApiKey, Tenant
from kith.errors import Unavailable
from kith.kit.clock import Clock
from kith.kit.db import Database

# Who asks while there is no key at all, and who shows the one that a setting holds.
_OWNER = Principal(actor="api")
_MARK_EVERY = timedelta(minutes=1)

# The number that stands for the key of the setting; no row has it.
CONFIGURED = 0


class Keyring:
    """Every key there is: those in the database, and `configured`, the one a setting holds."""

    def __init__(self, db: Database, clock: Clock, configured: str | None) -> None:
        self._db = db
        self._clock = clock
        self._configured = configured.encode() if configured is not None else None
        self._marked: dict[int, datetime] = {}
        self._marking: set[asyncio.Task[None]] = set()

    async def has_keys(self) -> bool:
        """Whether anybody has to show a key."""
        if self._configured is not None:
            return True
        async with self._db.read() as session:
            return await session.scalar(queries.some_key()) is not None

    async def identify(self, shown: str | None) -> Principal | None:
        """Whose key it is, None while there is no key at all; raises ApiKeyMissing, TenantSuspended."""
        if self._configured is not None and hmac.compare_digest(
            (shown or "").encode(errors="replace"), self._configured
        ):
            return _OWNER
        if shown and (who := await self._find(shown)) is not None:
            return who
        if await self.has_keys():
            raise ApiKeyMissing("the key is not valid" if shown else "")
        return None

    async def find(self, key_id: int, is_meant: Callable[[str], bool]) -> Principal | None:
        """Whose key this is, if one of the secrets that open it now has the hash that is meant.

        Raises TenantSuspended.
        """
        if key_id == CONFIGURED:
            configured = self._configured.decode() if self._configured is not None else None
            return _OWNER if configured is not None and is_meant(secret_hash(configured)) else None
        async with self._db.read() as session:
            row = (await session.execute(queries.key_numbered(key_id))).one_or_none()
        if row is None or not any(is_meant(it) for it in live_hashes(row[0], self._clock.now())):
            return None
        return self._holder(row[0], row[1])

    async def is_open(self, who: Principal) -> bool:
        """Whether the key somebody came by may still be used, and their tenant is not suspended."""
        if who.key_id is None:
            return True
        try:
            return await self.find(who.key_id, lambda _: True) is not None
        except TenantSuspended:
            return False

    async def close(self) -> None:
        """Wait for what is still being written."""
        if self._marking:
            await asyncio.wait(self._marking)

    async def _find(self, shown: str) -> Principal | None:
        async with self._db.read() as session:
            row = (await session.execute(queries.key_with(prefix_of(shown)))).one_or_none()
        if row is None or not is_valid(row[0], shown, self._clock.now()):
            return None
        return self._holder(row[0], row[1])

    def _holder(self, key: ApiKey, tenant: Tenant) -> Principal:
        if tenant.suspended_at is not None:
            raise TenantSuspended(f"the tenant {tenant.slug} is suspended")
        self._mark(key)
        scopes = frozenset(Scope(it) for it in key.scopes)
        return Principal(key.tenant_id, f"key {key.prefix}", scopes, key.id, key.requests_per_minute)

    def _mark(self, key: ApiKey) -> None:
        """Note that a key was used, at most once a minute, beside the request and not within it."""
        now = self._clock.now()
        last = max(filter(None, (self._marked.get(key.id), key.last_used_at)), default=None)
        if last is not None and now - last < _MARK_EVERY:
            return
        self._marked[key.id] = now
        task = asyncio.create_task(self._write_mark(key.id, now))
        self._marking.add(task)
        task.add_done_callback(self._marking.discard)

    async def _write_mark(self, key_id: int, now: datetime) -> None:
        with suppress(Unavailable):  # the next use writes it again
            async with self._db.write() as session:
                await session.execute(queries.mark_used(key_id, now, now - _MARK_EVERY))
