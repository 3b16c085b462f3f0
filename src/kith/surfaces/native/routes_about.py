"""What Kith is set up with, and how much there is."""

from fastapi import APIRouter

from kith.accounts.principal import Scope
from kith.faces.tables import FaceState
from kith.people.reading import read_statistics
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_jobs
from kith.surfaces.native import wire_about as wire
from kith.surfaces.native.describing import describe_kith
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import Kith, Reading, Who

router = APIRouter(tags=["about"], responses={403: {"model": ProblemOut}})


@router.get("/about", dependencies=[needs(Scope.READ)], summary="What it runs on, and whether that works")
async def show_about(kith: Kith, who: Who) -> wire.AboutOut:
    """Settings are told to an admin of the tenant `default` only, and secrets to nobody."""
    return await describe_kith(kith, with_settings=who.is_operator)


@router.get("/statistics", dependencies=[needs(Scope.READ)], summary="How much there is")
async def show_statistics(session: Reading, who: Who) -> wire.StatisticsOut:
    it = await read_statistics(session, who)
    faces = {state.value: it.faces.get(state, 0) for state in FaceState}
    return wire.StatisticsOut(
        photos=mapping_jobs.progress(it.photos),
        faces=wire.FacesOut(total=sum(faces.values()), **faces),
        people=wire.PeopleCountOut(named=it.named_persons, unnamed=it.unnamed_persons),
        stored_bytes=it.stored_bytes,
    )
