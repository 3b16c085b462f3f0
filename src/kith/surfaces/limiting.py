"""How often whoever sends requests may do so: by key and by address, for each class of work."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from fastapi import Request, Response

from kith.accounts.principal import Principal, Scope
from kith.kit.limits import Allowance, Verdict
from kith.runtime import Runtime
from kith.settings import Settings
from kith.surfaces.errors import RateExceeded

Kind = Literal["search", "index", "other"]

CLIENT = "kith.client"

_SPANS = {60.0: "a minute", 3600.0: "an hour"}


def kind_of(scope: Scope) -> Kind:
    """The class of work that asks for a scope."""
    match scope:
        case Scope.SEARCH:
            return "search"
        case Scope.INDEX:
            return "index"
        case _:
            return "other"


async def limit(request: Request, response: Response, who: Principal, kind: Kind) -> None:
    """Count a request; raises RateExceeded."""
    kith: Runtime = request.state.runtime
    usual = getattr(kith.settings.rates, kind)
    allowances: list[Allowance] = []
    per_key = who.requests_per_minute or usual
    if who.key_id is not None and per_key is not None:
        allowances.append(Allowance(f"key:{who.key_id}:{kind}", per_key))
    if usual is not None:
        allowances.append(Allowance(f"address:{request.scope[CLIENT]}:{kind}", usual))
    if allowances:
        await _take(kith, response, allowances)


class PerAddress:
    """A dependency that counts requests by address alone, for surfaces with limits of their own.

    `name` is what is counted together, `per_minute` finds the limit in the settings.
    """

    def __init__(self, name: str, per_minute: Callable[[Settings], int]) -> None:
        self._name = name
        self._per_minute = per_minute

    async def __call__(self, request: Request, response: Response) -> None:
        kith: Runtime = request.state.runtime
        name = f"address:{request.scope[CLIENT]}:{self._name}"
        await _take(kith, response, [Allowance(name, self._per_minute(kith.settings))])


async def take(
    kith: Runtime, allowances: Sequence[Allowance], told: Mapping[str, object] | None = None
) -> Verdict:
    """Count a request for all of these; raises RateExceeded, which tells what is `told` besides."""
    verdict = await kith.limiter.take(allowances)
    if not verdict.is_allowed:
        seconds = verdict.allowance.seconds
        span = _SPANS.get(seconds, f"in {seconds:g} seconds")
        raise RateExceeded(
            f"at most {verdict.limit:,} requests of this kind {span}",
            retry_after=max(1, math.ceil(verdict.wait_seconds)), limit=verdict.limit, **(told or {}),
            reset_at=reset_at(kith, verdict),
        )  # fmt: skip
    return verdict


def reset_at(kith: Runtime, verdict: Verdict) -> int:
    """When all of an allowance may come at once again, in seconds since 1970."""
    return math.ceil(kith.clock.now().timestamp() + verdict.reset_seconds)


async def _take(kith: Runtime, response: Response, allowances: Sequence[Allowance]) -> None:
    verdict = await take(kith, allowances)
    response.headers["ratelimit-limit"] = str(verdict.limit)
    response.headers["ratelimit-remaining"] = str(verdict.remaining)
