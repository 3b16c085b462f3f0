"""Work in the background: how far it is, what failed, what waits."""

from fastapi import APIRouter

from kith.accounts.principal import Scope
from kith.faces.reading import active_space_id
from kith.jobs.overseeing import Overseeing, list_failed, read_queue
from kith.photos.again import analyse_again
from kith.photos.service import count_photos
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_jobs as mapping
from kith.surfaces.native import wire_jobs as wire
from kith.surfaces.native.paging import Paged
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import Kith, Reading, Who, Writing

_READ = [needs(Scope.READ)]
_MANAGE = [needs(Scope.MANAGE)]

router = APIRouter(prefix="/jobs", tags=["jobs"], responses={403: {"model": ProblemOut}})


@router.get("", dependencies=_READ, summary="What is to be done, by kind")
async def show_jobs(session: Reading, who: Who) -> wire.JobsOut:
    return mapping.queue(await read_queue(session, who.tenant_id), await count_photos(session, who))


@router.get("/failed", dependencies=_READ, summary="What could not be done")
async def show_failed_jobs(session: Reading, who: Who, page: Paged) -> wire.FailedJobsOut:
    return mapping.failed(
        await list_failed(session, who.tenant_id, page.after_id() or 0, page.limit), page.limit
    )


@router.post("/retry", dependencies=_MANAGE, summary="Try again what failed")
async def retry_jobs(body: wire.RetryIn, kith: Kith, session: Writing, who: Who) -> wire.RetriedOut:
    jobs = await Overseeing(session, who.tenant_id, kith.clock).retry(body.kind, body.job_ids)
    return wire.RetriedOut(retried=len(jobs))


@router.post("/pause", dependencies=_MANAGE, summary="Have a kind of work wait")
async def pause_jobs(body: wire.KindIn, kith: Kith, session: Writing, who: Who) -> wire.KindIn:
    """What is in hand comes to its end. It waits until it is resumed, also over restarts."""
    await Overseeing(session, who.tenant_id, kith.clock).pause(body.kind)
    return body


@router.post("/resume", dependencies=_MANAGE, summary="Go on with a kind of work")
async def resume_jobs(body: wire.KindIn, kith: Kith, session: Writing, who: Who) -> wire.KindIn:
    await Overseeing(session, who.tenant_id, kith.clock).resume(body.kind)
    return body


@router.post("/analyse", dependencies=_MANAGE, summary="Have photos analysed again")
async def analyse_photos(body: wire.AnalyseIn, kith: Kith, session: Writing, who: Who) -> wire.QueuedOut:
    """Names and decisions stay. What waits already is not queued twice."""
    space_id = await active_space_id(session)
    return wire.QueuedOut(
        queued=await analyse_again(session, who, kith.clock, body.which, space_id, body.photo_ids)
    )
