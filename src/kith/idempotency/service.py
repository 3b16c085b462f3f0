"""Requests that come again: under the same key they are done once, and answered as the first time.

The answer is kept in the transaction of what was done. So either both are there or neither is, whichever
process a request comes to, and one that was refused has left nothing and may be sent again.
"""

from dataclasses import dataclass
from datetime import timedelta

from kith.accounts.principal import Principal
from kith.idempotency import queries
from kith.idempotency.errors import IdempotencyKeyReused
from kith.idempotency.tables import KeptAnswer
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession, serialise

EXPIRE_ANSWERS = "expire_answers"
KEYS_COUNT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request under a key; `digest` stands for all that it asks."""

    key: str
    digest: str


async def recall(session: ReadSession, who: Principal, clock: Clock, asked: Keyed) -> str | None:
    """What this request was answered, None if it is new, or too long ago. Raises IdempotencyKeyReused."""
    row = await session.scalar(queries.kept(who, asked.key))
    return _answer(row, clock, asked) if row is not None else None


class Answers:
    """What is answered under the keys of one tenant, in one session; commits nothing."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def claim(self, asked: Keyed) -> str | None:
        """As `recall`. Whoever is told None has the key until the end of the transaction; others wait."""
        await serialise(self._session, f"idempotency {asked.key}", self._who.tenant_id)
        row = await self._session.scalar(queries.kept(self._who, asked.key))
        if row is None:
            return None
        answer = _answer(row, self._clock, asked)
        if answer is None:
            await self._session.delete(row)
            await self._session.flush()
        return answer

    async def keep(self, asked: Keyed, answer: str) -> None:
        self._session.add(
            KeptAnswer(
                tenant_id=self._who.tenant_id, key=asked.key, request=asked.digest, answer=answer,
                created_at=self._clock.now(),
            )
        )  # fmt: skip
        await self._session.flush()


async def expire(session: WriteSession, clock: Clock) -> None:
    """Forget the answers of all tenants whose time is over."""
    await session.execute(queries.kept_before(clock.now() - KEYS_COUNT_FOR))


def _answer(row: KeptAnswer, clock: Clock, asked: Keyed) -> str | None:
    if row.created_at <= clock.now() - KEYS_COUNT_FOR:
        return None
    if row.request != asked.digest:
        raise IdempotencyKeyReused("the key stands for another request")
    return row.answer
