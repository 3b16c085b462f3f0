"""The endpoints of batches: pictures indexed in the background by their addresses."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Query

from kith.accounts.principal import Scope
from kith.batches.service import Batches, get_batch, list_batches, require_size
from kith.idempotency.service import Answers
from kith.kit.pages import Page
from kith.surfaces.access import needs
from kith.surfaces.requests import MAX_ID, Kith, Reading, Writing
from kith.surfaces.vectors import batch_mapping as mapping
from kith.surfaces.vectors import batch_wire as wire
from kith.surfaces.vectors.rating import Full
from kith.surfaces.vectors.repeating import IdempotencyKey, keyed, once, text_of
from kith.surfaces.vectors.tenants import Named, TenantByHeader

_MOST_LISTED = 100
_MOST_HOURS = 876_000  # a hundred years

_INDEXES = [needs(Scope.INDEX)]

router = Full(tags=["batches"])


async def _sized(body: wire.BatchIn, kith: Kith) -> wire.BatchIn:
    require_size(len(body.image_urls), kith.settings.surfaces.vectors.batch)
    return body


async def _page(
    limit: Annotated[int, Query(ge=1, le=MAX_ID, description="Never more than 100.")] = 20,
    offset: Annotated[int, Query(ge=0, le=MAX_ID)] = 0,
) -> Page:
    return Page(offset, min(limit, _MOST_LISTED))


BatchBody = Annotated[wire.BatchIn, Depends(_sized)]
Listed = Annotated[Page, Depends(_page)]
Hours = Annotated[int, Query(ge=0, le=_MOST_HOURS, description="Batches that ended longer ago go.")]


@router.post("/batch/index", dependencies=_INDEXES, summary="Index many pictures in the background")
async def create_batch(
    body: BatchBody, kith: Kith, session: Writing, who: TenantByHeader, key: IdempotencyKey = None
) -> wire.BatchCreatedOut:
    """They are fetched by their addresses. What is wrong with one is told of that one."""
    said = mapping.said(body)

    async def create() -> wire.BatchCreatedOut:
        return mapping.created(await Batches(session, who, kith.clock).create(said, body.metadata or {}))

    answers = Answers(session, who, kith.clock)
    return await once(answers, keyed(key, "batch/index", text_of(body)), wire.BatchCreatedOut, create)


@router.get("/batch/{batch_id}/status", dependencies=_INDEXES, summary="How far a batch is")
async def batch_status(batch_id: str, session: Reading, who: TenantByHeader) -> wire.BatchStatusOut:
    return mapping.status(await get_batch(session, who, batch_id))


@router.get("/batch/list", dependencies=_INDEXES, summary="List batches, newest first")
async def batch_list(
    page: Listed, session: Reading, who: TenantByHeader, named: Named = None
) -> wire.BatchListOut:
    reports, total = await list_batches(session, who, page)
    return mapping.listed(reports, total, page, (named or "").strip())


@router.delete("/batch/{batch_id}", dependencies=_INDEXES, summary="Cancel a batch")
async def cancel_batch(
    batch_id: str, kith: Kith, session: Writing, who: TenantByHeader
) -> wire.BatchCancelledOut:
    """Nothing of it is indexed after this. What was indexed before stays."""
    return mapping.cancelled(await Batches(session, who, kith.clock).cancel(batch_id))


@router.post("/batch/cleanup", dependencies=_INDEXES, summary="Forget batches that have ended")
async def clean_up(
    kith: Kith, session: Writing, who: TenantByHeader, max_age_hours: Hours = 24
) -> wire.BatchCleanupOut:
    """Photos and faces stay."""
    count = await Batches(session, who, kith.clock).clean_up(timedelta(hours=max_age_hours))
    return mapping.cleaned(count, max_age_hours)
