"""How often whoever sends requests may do so: by key and by address, for each class of work."""

import math
from typing import Literal

from fastapi import Request, Response

from kith.accounts.principal import Principal, Scope
from kith.kit.limits import Allowance
from kith.runtime import Runtime
from kith.surfaces.errors import RateExceeded

Kind = Literal["search", "index", "other"]

CLIENT = "kith.client"


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
    if not allowances:
        return
    verdict = await kith.limiter.take(allowances)
    if not verdict.is_allowed:
        seconds = max(1, math.ceil(verdict.wait_seconds))
        raise RateExceeded(
            f"at most {verdict.limit:,} requests of this kind a minute",
            retry_after=seconds,
            limit=verdict.limit,
        )
    response.headers["ratelimit-limit"] = str(verdict.limit)
    response.headers["ratelimit-remaining"] = str(verdict.remaining)
