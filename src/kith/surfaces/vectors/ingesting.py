"""Single pictures as requests bring them: whose each is, and what becomes of it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Header

from kith.accounts.principal import Principal
from kith.errors import AppError
from kith.idempotency.tables import MAX_KEY_LENGTH
from kith.ingest.messages import Asked
from kith.ingest.service import Accepted, require_items
from kith.runtime import Runtime
from kith.surfaces.requests import Kith
from kith.surfaces.vectors import ingest_wire as wire
from kith.surfaces.vectors.tenants import Tenancy, TenantByField

_KeyHeader = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=MAX_KEY_LENGTH, description="As the field."),
]


async def _body_with_key(body: wire.IngestIn, key: _KeyHeader = None) -> wire.IngestIn:
    return body if body.idempotency_key is not None else body.model_copy(update={"idempotency_key": key})


async def _counted(body: wire.IngestBatchIn) -> wire.IngestBatchIn:
    require_items(len(body.items), body.max_items)
    return body


IngestBody = Annotated[wire.IngestIn, Depends(_body_with_key)]
IngestBatchBody = Annotated[wire.IngestBatchIn, Depends(_counted)]


class Ingesting:
    """Hands what a request brings to the tenants it is for."""

    def __init__(self, kith: Runtime, tenancy: Tenancy) -> None:
        self._kith = kith
        self._tenancy = tenancy

    async def submit(self, items: Sequence[wire.IngestIn]) -> list[Accepted | AppError]:
        """What became of each, in their order; one that is for somebody else's tenant refuses them all."""
        done: dict[int, Accepted | AppError] = {}
        for who, places in await self._by_tenant(items):
            asked = [self._asked(items[at]) for at in places]
            done |= zip(places, await self._kith.ingest(who).submit(asked), strict=True)
        return [done[at] for at in range(len(items))]

    async def submit_one(self, item: wire.IngestIn) -> Accepted:
        """As above; what is wrong with it is an error of the request."""
        (done,) = await self.submit([item])
        if isinstance(done, AppError):
            raise done
        return done

    async def examine(self, items: Sequence[wire.IngestIn]) -> list[AppError | None]:
        """What is wrong with each; nothing is sent."""
        found: dict[int, AppError | None] = {}
        for who, places in await self._by_tenant(items):
            asked = [self._asked(items[at]) for at in places]
            found |= zip(places, await self._kith.ingest(who).examine(asked), strict=True)
        return [found[at] for at in range(len(items))]

    async def _by_tenant(self, items: Sequence[wire.IngestIn]) -> list[tuple[Principal, list[int]]]:
        places: dict[str, list[int]] = {}
        for at, item in enumerate(items):
            places.setdefault(item.tenant_id, []).append(at)
        whose = {name: await self._tenancy.of(name) for name in places}
        return [(whose[name], at) for name, at in places.items()]

    def _asked(self, it: wire.IngestIn) -> Asked:
        now = int(self._kith.clock.now().timestamp())
        return Asked(
            it.ts if it.ts is not None else now, it.bucket, it.key, it.url, it.site, it.meta or {},
            it.idempotency_key,
        )  # fmt: skip


async def _ingesting(kith: Kith, tenancy: TenantByField) -> Ingesting:
    return Ingesting(kith, tenancy)


IngestedBy = Annotated[Ingesting, Depends(_ingesting)]
