"""Secrets that all processes of a server share, made by whichever needs one first."""

import asyncio
import secrets

from kith.accounts import queries
from kith.accounts.tables import ServerKey
from kith.kit.db import Database, serialise


class SharedKey:
    """One of them. It is loaded outside of any transaction, for it may have to be made."""

    def __init__(self, db: Database, name: str) -> None:
        self._db = db
        self._name = name
        self._key: bytes | None = None
        self._making = asyncio.Lock()

    async def load(self) -> bytes:
        """The key; once loaded it stays at hand."""
        async with self._making:
            if self._key is None:
                self._key = bytes.fromhex(await self._read() or await self._make())
            return self._key

    @property
    def loaded(self) -> bytes:
        if self._key is None:
            raise ValueError(f"the key of {self._name} has not been loaded")
        return self._key

    async def _read(self) -> str | None:
        async with self._db.read() as session:
            return await session.scalar(queries.server_key(self._name))

    async def _make(self) -> str:
        async with self._db.write() as session:
            await serialise(session, "server_keys")
            secret = await session.scalar(queries.server_key(self._name))
            if secret is None:
                secret = secrets.token_hex(32)
                session.add(ServerKey(name=self._name, secret=secret))
            return secret
