"""How often somebody may ask: so many requests a minute, counted here or, for several processes, in Redis.

Idea (GCRA): of each name one moment is kept, at which all that was asked for would have been answered at an
even pace. Whoever is a minute ahead of it has to wait. A full minute's worth may come at once.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()

_WINDOW = 60.0
_MAX_NAMES = 100_000
_RETRY_REDIS_SECONDS = 5.0
_REDIS_TIMEOUT = 0.5

# One script is one act: either every name is charged or none. The clock is the one that all share.
_SCRIPT = """
local now = redis.call('TIME'); now = now[1] + now[2] / 1000000
local worst, wait = 60, 0
local moments = {}
for i, key in ipairs(KEYS) do
  local step = 60 / tonumber(ARGV[i])
  local moment = math.max(tonumber(redis.call('GET', key) or '0'), now) + step
  moments[i] = moment
  wait = math.max(wait, moment - now - 60)
end
if wait > 0.000001 then return {0, tostring(wait)} end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.6f', moments[i]), 'EX', 61)
end
local ahead = {1}
for i, moment in ipairs(moments) do ahead[i + 1] = tostring(moment - now) end
return ahead
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whom a request is counted for, and how many a minute that one may send."""

    name: str
    per_minute: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wait_seconds` is 0 for what is let in; limit and remaining are of the allowance nearest its end."""

    wait_seconds: float
    limit: int
    remaining: int

    @property
    def is_allowed(self) -> bool:
        return self.wait_seconds <= 0


class Limiter(Protocol):
    async def take(self, allowances: Sequence[Allowance]) -> Verdict:
        """Count a request for all of these, or for none if one has no more."""
        ...

    async def close(self) -> None: ...


class MemoryLimiter:
    """Counts what this process answers."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._moments: dict[str, float] = {}

    async def take(self, allowances: Sequence[Allowance]) -> Verdict:
        now = self._now()
        moments = {
            it.name: max(self._moments.get(it.name, 0), now) + _WINDOW / it.per_minute for it in allowances
        }
        wait = max(moment - now - _WINDOW for moment in moments.values())
        if wait > 1e-6:
            return _refused(allowances, wait)
        self._moments |= moments
        if len(self._moments) > _MAX_NAMES:
            self._moments = {name: moment for name, moment in self._moments.items() if moment > now}
        return _allowed(allowances, [moment - now for moment in moments.values()])

    async def close(self) -> None: ...


class RedisLimiter:
    """Counts for all processes together. While Redis is away each process counts for itself.

    So neither do the gates stand open nor does the service stop; that it is so is logged, once.
    """

    def __init__(self, url: str, now: Callable[[], float] = time.monotonic) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=_REDIS_TIMEOUT, socket_connect_timeout=_REDIS_TIMEOUT
        )
        self._script = self._redis.register_script(_SCRIPT)
        self._now = now
        self._alone = MemoryLimiter(now)
        self._away_until: float | None = None

    async def take(self, allowances: Sequence[Allowance]) -> Verdict:
        if self._away_until is not None and self._now() < self._away_until:
            return await self._alone.take(allowances)
        try:
            verdict = await self._ask(allowances)
        except (RedisError, OSError) as error:
            if self._away_until is None:
                log.warning("limits.redis_away", error=type(error).__name__, counting="each process alone")
            self._away_until = self._now() + _RETRY_REDIS_SECONDS
            return await self._alone.take(allowances)
        if self._away_until is not None:
            log.warning("limits.redis_back")
        self._away_until = None
        return verdict

    async def close(self) -> None:
        await self._redis.aclose()

    async def _ask(self, allowances: Sequence[Allowance]) -> Verdict:
        names = [f"kith:rate:{it.name}" for it in allowances]
        answer = await self._script(keys=names, args=[it.per_minute for it in allowances])
        is_allowed, *numbers = cast("list[int | bytes]", answer)
        seconds = [float(number) for number in numbers]
        return _allowed(allowances, seconds) if is_allowed else _refused(allowances, seconds[0])


def _allowed(allowances: Sequence[Allowance], ahead: Sequence[float]) -> Verdict:
    """`ahead`: how much of the minute each allowance has used."""
    left = [
        (max(0, math.floor((_WINDOW - used) * it.per_minute / _WINDOW + 1e-6)), it.per_minute)
        for it, used in zip(allowances, ahead, strict=True)
    ]
    remaining, limit = min(left)
    return Verdict(0, limit, remaining)


def _refused(allowances: Sequence[Allowance], wait: float) -> Verdict:
    return Verdict(wait, min(it.per_minute for it in allowances), 0)
