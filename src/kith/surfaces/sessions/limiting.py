"""How often one address may call, counted in this process."""

import math
from datetime import datetime

from fastapi import Request

from kith.surfaces.requests import Kith
from kith.surfaces.sessions.errors import RateExceeded

_CALLERS = 10_000  # beyond so many those who have not called for a minute are forgotten
_MINUTE = 60.0


class RateLimit:
    """A token bucket for each caller, full at `per_minute` calls and filled again within a minute."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, datetime]] = {}

    def take(self, caller: str, now: datetime, per_minute: int) -> None:
        """Count a call; raises RateExceeded, with the seconds until there is room for one again."""
        left, since = self._left.get(caller, (float(per_minute), now))
        left = min(float(per_minute), left + (now - since).total_seconds() * per_minute / _MINUTE)
        if left < 1:
            wait = max(1, math.ceil((1 - left) * _MINUTE / per_minute))
            raise RateExceeded(
                f"Rate limit exceeded: {per_minute} per 1 minute", limit=per_minute, retry_after=wait
            )
        if len(self._left) >= _CALLERS:
            self._forget(now)
        self._left[caller] = left - 1, now

    def _forget(self, now: datetime) -> None:
        self._left = {
            caller: it for caller, it in self._left.items() if (now - it[1]).total_seconds() < _MINUTE
        }


async def limit_indexing(request: Request, kith: Kith) -> None:
    limit: RateLimit = request.app.state.indexing
    limit.take(_address(request), kith.clock.now(), kith.settings.surfaces.sessions.index_per_minute)


async def limit_searching(request: Request, kith: Kith) -> None:
    limit: RateLimit = request.app.state.searching
    limit.take(_address(request), kith.clock.now(), kith.settings.surfaces.sessions.searches_per_minute)


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""
