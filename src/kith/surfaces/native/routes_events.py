"""Hearing of what changes."""

from fastapi import APIRouter

from kith.accounts.principal import Scope
from kith.surfaces.access import needs
from kith.surfaces.native.events import EventStream
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import Kith, Who

_TOO_MANY = {"model": ProblemOut, "description": "Too many streams are open"}

router = APIRouter(tags=["events"], responses={403: {"model": ProblemOut}})


@router.get(
    "/events", dependencies=[needs(Scope.READ)], summary="Hear of what changes, as it does",
    response_class=EventStream, status_code=200, responses={429: _TOO_MANY},
)  # fmt: skip
async def hear_events(kith: Kith, who: Who) -> EventStream:
    """Server-sent events: `hello` with the numbers as they are, then `changed` whenever any is another."""
    return EventStream(kith, who)
