"""Photos whose time is over: those that were only searched by, and those that were seen on a site."""

from collections.abc import Sequence
from datetime import datetime

from kith.accounts.principal import Principal
from kith.enrolment.erasing import erase_photos
from kith.faces import queries as face_queries
from kith.faces.service import take_turn
from kith.kit.blobs import Blobs
from kith.kit.chunks import chunks
from kith.kit.db import WriteSession
from kith.photos import queries as photo_queries
from kith.photos.tables import PhotoOrigin, Purpose

EXPIRE_PHOTOS = "expire_photos"


async def expire_queries(session: WriteSession, blobs: Blobs, who: Principal, before: datetime) -> int:
    """Erase the tenant's photos that were only searched by, before this moment; how many.

    Where a human decided something about a face, the photo is one to keep from now on.
    """
    await take_turn(session, who.tenant_id)
    origins = (await session.scalars(photo_queries.queries_before(who, before))).all()
    gone, kept = await _divided(session, origins)
    for origin in kept:
        origin.purpose = Purpose.INDEX
    await session.flush()
    await erase_photos(session, blobs, who, gone)
    return len(gone)


async def expire_crawled(session: WriteSession, blobs: Blobs, who: Principal, before: datetime) -> int:
    """Erase the tenant's photos that were seen on a site, before this moment; how many.

    Where a human decided something about a face, the photo stays.
    """
    await take_turn(session, who.tenant_id)
    origins = (await session.scalars(photo_queries.crawled_before(who, before))).all()
    gone, _ = await _divided(session, origins)
    await erase_photos(session, blobs, who, gone)
    return len(gone)


async def expire_everybodys(
    session: WriteSession, blobs: Blobs, *, queries_before: datetime, crawled_before: datetime
) -> None:
    """The same for all tenants, once a day."""
    tenants = await session.scalars(photo_queries.tenants_with_expired(queries_before, crawled_before))
    for tenant_id in sorted(tenants):
        who = Principal(tenant_id, "retention")
        await expire_queries(session, blobs, who, queries_before)
        await expire_crawled(session, blobs, who, crawled_before)


async def _divided(
    session: WriteSession, origins: Sequence[PhotoOrigin]
) -> tuple[list[int], list[PhotoOrigin]]:
    """The ids of photos that can go, and those about which somebody decided something."""
    pinned: set[int] = set()
    for some in chunks([origin.photo_id for origin in origins]):
        pinned |= set(await session.scalars(face_queries.photos_with_pinned(some)))
    gone = [origin.photo_id for origin in origins if origin.photo_id not in pinned]
    return gone, [origin for origin in origins if origin.photo_id in pinned]
