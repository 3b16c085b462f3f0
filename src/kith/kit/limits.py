"""How often somebody may ask: so many requests in so many seconds.

They are counted here or, for several processes, in Redis.

Idea (GCRA): of each name one moment is kept, at which all that was asked for would have been answered at an
even pace. Whoever is as many seconds ahead of it has to wait. What those seconds allow may come at once.
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

_MAX_NAMES = 100_000
_RETRY_REDIS_SECONDS = 5.0
_REDIS_TIMEOUT = 0.5

# One script is one act: either every name is charged or none. The clock is the one that all share.
_SCRIPT = """
local now = redis.call('TIME'); now = now[1] + now[2] / 1000000
local wait, by = 0, 1
local moments = {}
for i, key in ipairs(KEYS) do
  local count, seconds = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local moment = math.max(tonumber(redis.call('GET', key) or '0'), now) + seconds / count
  moments[i] = moment
  if moment - now - seconds > wait then wait, by = moment - now - seconds, i end
end
if wait > 0.000001 then return {0, tostring(wait), by} end
for i, key in ipairs(KEYS) do
  local kept = string.format('%d', math.ceil(tonumber(ARGV[2 * i])) + 1)
  redis.call('SET', key, string.format('%.6f', moments[i]), 'EX', kept)
end
local ahead = {1}
for i, moment in ipairs(moments) do ahead[i + 1] = tostring(moment - now) end
return ahead
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whom a request is counted for, and how many requests that one may send in how many seconds."""

    name: str
    count: int
    seconds: float = 60.0

    @property
    def step(self) -> float:
        """The seconds from one request to the next at an even pace."""
        return self.seconds / self.count


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wait_seconds` is 0 for who is let in; the rest is of the allowance that refuses or is nearest its end.

    `reset_seconds` from now, without another request, all of it may come at once again.
    """

    wait_seconds: float
    allowance: Allowance
    remaining: int
    reset_seconds: float

    @property
    def is_allowed(self) -> bool:
        return self.wait_seconds <= 0

    @property
    def limit(self) -> int:
        return self.allowance.count


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
        moments = {it.name: max(self._moments.get(it.name, 0), now) + it.step for it in allowances}
        waits = [moments[it.name] - now - it.seconds for it in allowances]
        if max(waits) > 1e-6:
            return _refused(allowances[waits.index(max(waits))], max(waits))
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
        args = [number for it in allowances for number in (it.count, it.seconds)]
        answer = await self._script(keys=names, args=args)
        is_allowed, *numbers = cast("list[int | bytes]", answer)
        if is_allowed:
            return _allowed(allowances, [float(number) for number in numbers])
        wait, by = numbers
        return _refused(allowances[int(by) - 1], float(wait))


def _allowed(allowances: Sequence[Allowance], ahead: Sequence[float]) -> Verdict:
    """`ahead`: how many of its seconds each allowance has used."""
    verdicts = [
        Verdict(0, it, max(0, math.floor((it.seconds - used) / it.step + 1e-6)), used)
        for it, used in zip(allowances, ahead, strict=True)
    ]
    return min(verdicts, key=lambda it: (it.remaining, it.limit))


def _refused(allowance: Allowance, wait: float) -> Verdict:
    return Verdict(wait, allowance, 0, wait + allowance.seconds - allowance.step)
