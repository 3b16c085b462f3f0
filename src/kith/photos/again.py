"""Having photos analysed again: all, those that failed, those the pack in use has not seen."""

from collections.abc import Sequence
from typing import Literal

from kith.accounts.principal import Principal
from kith.jobs import queries as job_queries
from kith.kit.clock import Clock
from kith.kit.db import WriteSession, serialise
from kith.photos import queries
from kith.photos.service import ANALYSE, Photos

Which = Literal["missing", "all", "failed"]


async def analyse_again(
    session: WriteSession,
    who: Principal,
    clock: Clock,
    which: Which,
    space_id: int | None,
    photo_ids: Sequence[int] | None = None,
) -> int:
    """Queue photos that are not queued already, of these or of all there are; how many.

    `space_id` is that of the pack in use.
    """
    await serialise(session, "photos.again", who.tenant_id)
    match which:
        case "all":
            statement = queries.every(who)
        case "failed":
            statement = queries.failed_ids(who)
        case "missing":
            statement = queries.not_analysed_in(who, space_id or 0)
    wanted = (await session.scalars(queries.among(statement, photo_ids))).all()
    if which != "missing":
        await session.execute(queries.forgive(who, photo_ids))
        await session.execute(job_queries.drop_failed(who.tenant_id, ANALYSE, photo_ids))
    payloads = await session.scalars(job_queries.open_payloads(who.tenant_id, ANALYSE))
    queued = {it["photo_id"] for it in payloads}
    missing = [photo_id for photo_id in wanted if photo_id not in queued]
    await Photos(session, who, clock).analyse(missing)
    return len(missing)
