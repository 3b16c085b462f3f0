"""How often a tenant may ask part A: at an even pace, some more at once, and no more a minute or an hour."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.params import Depends as Dependency

from kith.accounts.principal import Principal
from kith.kit.limits import Allowance
from kith.runtime import Runtime
from kith.setting_groups import VectorsSettings
from kith.surfaces.access import NeedsOrLink, has_link
from kith.surfaces.limiting import reset_at, take
from kith.surfaces.requests import Kith, Who
from kith.surfaces.vectors import wire
from kith.surfaces.vectors.prefixes import FULL, Prefixed
from kith.surfaces.vectors.tenants import Named, TenantByHeader, by_header

_TOO_OFTEN = {"model": wire.VectorsErrorOut, "description": "The tenant asks too often"}


def allowances(tenant_id: int, it: VectorsSettings) -> list[Allowance]:
    """A bucket of `burst` that fills at `per_second` is that many in the time it takes to fill."""
    name = f"tenant:{tenant_id}:vectors"
    return [
        Allowance(f"{name}:second", it.burst, it.burst / it.per_second),
        *([Allowance(f"{name}:minute", it.per_minute)] if it.per_minute is not None else ()),
        *([Allowance(f"{name}:hour", it.per_hour, 3600)] if it.per_hour is not None else ()),
    ]


async def tenant_unless_linked(
    request: Request, kith: Kith, who: Who, named: Named = None
) -> Principal | None:
    """None for who shows a link, which stands for key and tenant."""
    return None if has_link(request.scope) else await by_header(kith, who, named)


TenantUnlessLinked = Annotated[Principal | None, Depends(tenant_unless_linked)]


async def _rate(kith: Runtime, response: Response, who: Principal) -> None:
    """Raises RateExceeded."""
    it = kith.settings.surfaces.vectors
    told = {
        "sustained_rate_per_second": it.per_second, "burst_capacity": it.burst,
        "per_minute_limit": it.per_minute, "per_hour_limit": it.per_hour,
    }  # fmt: skip
    verdict = await take(kith, allowances(who.tenant_id, it), told)
    response.headers["x-ratelimit-limit"] = str(verdict.limit)
    response.headers["x-ratelimit-remaining"] = str(verdict.remaining)
    response.headers["x-ratelimit-reset"] = str(reset_at(kith, verdict))


async def _rated(response: Response, kith: Kith, who: TenantByHeader) -> None:
    await _rate(kith, response, who)


async def _rated_unless_linked(response: Response, kith: Kith, who: TenantUnlessLinked) -> None:
    if who is not None:
        await _rate(kith, response, who)


class Full(Prefixed):
    """A router of part A: every request counts for its tenant, once it is known that the key will do."""

    def __init__(self, **options: Any) -> None:
        super().__init__(FULL, **options)

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        asked: Sequence[Dependency] = options.pop("dependencies", None) or ()
        is_linked = any(isinstance(it.dependency, NeedsOrLink) for it in asked)
        rated = Depends(_rated_unless_linked if is_linked else _rated)
        responses = {**(options.pop("responses", None) or {}), 429: _TOO_OFTEN}
        super().add_api_route(path, endpoint, dependencies=[*asked, rated], responses=responses, **options)
