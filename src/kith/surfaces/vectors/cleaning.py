"""Removing what is kept no longer than it may be, for one tenant."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from kith.accounts.principal import Principal
from kith.audit import service as audit
from kith.audit.tables import AuditAction
from kith.enrolment.retention import expire_crawled, expire_queries
from kith.errors import AppError
from kith.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Done:
    """What a job of the cleanup removed, or the code of what stopped it."""

    removed: int = 0
    error: str | None = None


async def clean(kith: Runtime, who: Principal) -> dict[str, Done]:
    """Every job in a transaction of its own, so that one that fails stops no other."""
    limits, now = kith.settings.surfaces.vectors, kith.clock.now()

    async def thumbnails() -> int:
        async with kith.db.write() as session:
            before = now - timedelta(days=limits.crawled_days)
            return await expire_crawled(session, kith.blobs, who, before)

    async def user_queries() -> int:
        async with kith.db.write() as session:
            before = now - timedelta(hours=limits.query_hours)
            return await expire_queries(session, kith.blobs, who, before)

    async def audit_logs() -> int:
        async with kith.db.write() as session:
            return await audit.expire_own(session, kith.clock, who, kith.settings.audit.keep_days)

    async def orphaned_vectors() -> int:
        return await (await kith.recognition()).forget_gone()

    jobs = {it.__name__: await _tried(it) for it in (thumbnails, user_queries, audit_logs, orphaned_vectors)}
    counts = {name: it.removed for name, it in jobs.items()}
    await kith.note(who, AuditAction.CLEANUP, "tenant", who.tenant_id, counts=counts)
    return jobs


async def _tried(job: Callable[[], Awaitable[int]]) -> Done:
    try:
        return Done(await job())
    except AppError as error:
        return Done(error=error.code)
