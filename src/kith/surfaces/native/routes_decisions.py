"""The endpoints of the native surface: the history of decisions, and taking them back."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from kith.accounts.principal import Scope
from kith.people.browsing.histories import list_history
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_decisions as mapping
from kith.surfaces.native import wire_decisions as wire
from kith.surfaces.native.mapping_people import after_key
from kith.surfaces.native.routes_people import BAD, MISSING, TAKEN, Cursor, Limit, people_of
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import MAX_ID, Kith, Reading, Who, Writing

_Id = Annotated[int | None, Query(ge=1, le=MAX_ID)]

router = APIRouter(tags=["decisions"], responses={403: {"model": ProblemOut}})


@router.get("/decisions", dependencies=[needs(Scope.READ)], summary="What was decided", responses={400: BAD})
async def show_decisions(
    session: Reading, who: Who, person_id: _Id = None, face_id: _Id = None, cursor: Cursor = None,
    limit: Limit = 100,
) -> wire.DecisionsOut:  # fmt: skip
    """Newest first, undone ones too; those about a person or a face, also one that is there no more."""
    past = await list_history(
        session, who, person_id=person_id, face_id=face_id, before_id=after_key(cursor), limit=limit + 1
    )
    return mapping.history(past, limit)


@router.post(
    "/decisions/undo", dependencies=[needs(Scope.MANAGE)], summary="Take back the last decision",
    responses={409: TAKEN},
)  # fmt: skip
async def undo_last_decision(kith: Kith, session: Writing, who: Who) -> wire.UndoneOut:
    """The last that stands, whoever made it."""
    return mapping.undone(await people_of(kith, session, who).undo())


@router.post(
    "/decisions/{decision_id}/undo", dependencies=[needs(Scope.MANAGE)], summary="Take back a decision",
    responses={404: MISSING, 409: TAKEN},
)  # fmt: skip
async def undo_decision(
    decision_id: Annotated[int, Path(ge=1, le=MAX_ID)], kith: Kith, session: Writing, who: Who
) -> wire.UndoneOut:
    """In any order; what later decisions say stays. Twice is `nothing_to_undo`, with `undone_at`."""
    return mapping.undone(await people_of(kith, session, who).undo(decision_id))
