"""The stream in Redis: entries that a group of consumers shares, each until it says it is done with it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from kith.ingest.errors import StreamUnavailable
from kith.ingest.messages import Message

_TIMEOUT_SECONDS = 10
_CONNECT_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Delivery:
    """An entry as it was handed out, and how often it has been; `text` is its field `message`."""

    message_id: str
    text: str
    tenant: str = ""
    count: int = 1


class RedisStream:
    """One stream, read as one consumer of one group. Whatever Redis does becomes StreamUnavailable."""

    def __init__(self, url: str, name: str, group: str, consumer: str) -> None:
        self._redis = Redis.from_url(
            url, protocol=2, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_CONNECT_SECONDS
        )
        self.name = name
        self._group = group
        self._consumer = consumer

    async def add(self, messages: Sequence[Message]) -> list[str]:
        """Put messages at the end; their ids there."""
        if not messages:
            return []
        async with self._translated(), self._redis.pipeline(transaction=True) as pipe:
            for it in messages:
                pipe.xadd(
                    self.name,
                    {"message": it.text(), "idempotency_key": it.idempotency_key, "tenant_id": it.tenant_id},
                )
            return [_text(it) for it in await pipe.execute()]

    async def has(self, message_ids: Sequence[str]) -> list[bool]:
        """Which of the entries are still in the stream."""
        if not message_ids:
            return []
        async with self._translated(), self._redis.pipeline(transaction=False) as pipe:
            for it in message_ids:
                pipe.xrange(self.name, it, it, 1)
            return [
                bool(it) and not isinstance(it, ResponseError)
                for it in await pipe.execute(raise_on_error=False)
            ]

    async def join(self) -> None:
        """Make the group, and the stream, unless they are there; it begins with the first entry there is."""
        async with self._translated():
            try:
                await self._redis.xgroup_create(self.name, self._group, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    async def read(self, count: int, wait_seconds: float) -> list[Delivery]:
        """New entries, waited for a while; they are in hand until they are acknowledged."""
        async with self._translated():
            answer = await self._redis.xreadgroup(
                self._group, self._consumer, {self.name: ">"}, count=count,
                block=max(1, int(wait_seconds * 1000)),
            )  # fmt: skip
        rows = cast("list[tuple[bytes, list[Any]]]", answer or [])
        return [_delivery(entry, 1) for _, entries in rows for entry in entries]

    async def take_over(self, count: int, idle_seconds: float) -> list[Delivery]:
        """Entries that others, or this one itself, have had in hand that long without a sign of life."""
        async with self._translated():
            answer = await self._redis.xautoclaim(
                self.name, self._group, self._consumer, int(idle_seconds * 1000), count=count
            )
            entries = cast("list[Any]", answer[1])
            found: list[Delivery] = []
            for entry in entries:
                name = _text(entry[0])
                if entry[1] is None:  # somebody has trimmed it away
                    await self._redis.xack(self.name, self._group, name)
                    continue
                pending = await self._redis.xpending_range(self.name, self._group, name, name, 1)
                if pending:  # else it has been acknowledged meanwhile
                    found.append(_delivery(entry, int(pending[0]["times_delivered"])))
            return found

    async def keep(self, message_ids: Sequence[str]) -> None:
        """Give a sign of life for entries in hand; it does not count as handing them out again."""
        async with self._translated():
            await self._redis.xclaim(
                self.name, self._group, self._consumer, 0, list(message_ids), justid=True
            )

    async def acknowledge(self, message_id: str) -> None:
        async with self._translated():
            await self._redis.xack(self.name, self._group, message_id)

    async def bury(self, it: Delivery, error: str) -> None:
        """Put an entry that cannot be done among the dead letters and acknowledge it, both or neither."""
        async with self._translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.xadd(f"{self.name}:dlq", {"error": error, "original_id": it.message_id, "message": it.text})
            pipe.xack(self.name, self._group, it.message_id)
            await pipe.execute()

    async def leave(self) -> None:
        """Be forgotten as a consumer, unless something is still in hand."""
        async with self._translated():
            held = await self._redis.xpending_range(self.name, self._group, "-", "+", 1, self._consumer)
            if not held:
                await self._redis.xgroup_delconsumer(self.name, self._group, self._consumer)

    async def close(self) -> None:
        await self._redis.aclose()

    @asynccontextmanager
    async def _translated(self) -> AsyncGenerator[None]:
        try:
            yield
        except (RedisError, OSError) as error:
            raise StreamUnavailable(f"Redis did not answer as it should: {type(error).__name__}") from error


def hidden(url: str) -> str:
    """An address of Redis without its credentials."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    shown = f"***@{host}" if "@" in parts.netloc else host
    return urlunsplit((parts.scheme, shown, parts.path, "***" if parts.query else "", ""))


def _delivery(entry: Any, count: int) -> Delivery:
    name, fields = entry
    return Delivery(
        _text(name), _text(fields.get(b"message", b"")), _text(fields.get(b"tenant_id", b"")), count
    )


def _text(value: bytes) -> str:
    return value.decode(errors="replace")
