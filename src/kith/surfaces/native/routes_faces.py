"""The endpoints of the native surface: whose faces are, and faces drawn by hand."""

from typing import Annotated

from fastapi import APIRouter, Path

from kith.accounts.principal import Scope
from kith.people.deciding import decide_faces
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_decisions
from kith.surfaces.native import wire_faces as wire
from kith.surfaces.native.drawing import Box, draw_face
from kith.surfaces.native.routes_people import BAD, MISSING, TAKEN, people_of
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.native.wire_decisions import DecisionOut
from kith.surfaces.requests import MAX_ID, Kith, Who, Writing

router = APIRouter(tags=["faces"], responses={403: {"model": ProblemOut}})


@router.post(
    "/faces/decide", dependencies=[needs(Scope.MANAGE)], summary="Say whose faces are",
    responses={400: BAD, 404: MISSING, 409: TAKEN},
)  # fmt: skip
async def decide_about_faces(body: wire.FacesDecideIn, kith: Kith, session: Writing, who: Who) -> DecisionOut:
    """One decision about up to 1,000 faces. `assign` with a name that is nobody's makes that person."""
    people = people_of(kith, session, who)
    decision, person_id = await decide_faces(people, body.action, body.face_ids, body.person_id, body.name)
    return mapping_decisions.decision(decision, person_id)


@router.post(
    "/photos/{photo_id}/faces", dependencies=[needs(Scope.MANAGE)], summary="Draw a face by hand",
    responses={400: BAD, 404: MISSING, 409: TAKEN}, status_code=201,
)  # fmt: skip
async def draw_face_in_photo(
    photo_id: Annotated[int, Path(ge=1, le=MAX_ID)], body: wire.FaceDrawIn, kith: Kith, who: Who
) -> wire.FaceDrawnOut:
    """A face that is known under the box is taken instead of a new one."""
    box = Box(body.box.x, body.box.y, body.box.width, body.box.height)
    decision, face = await draw_face(kith, who, photo_id, box, body.person_id, body.name)
    drawn = mapping_decisions.decision(decision, face.person_id)
    return wire.FaceDrawnOut(**drawn.model_dump(), face_id=face.id)
