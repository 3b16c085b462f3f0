"""Faces on the wire."""

from typing import Annotated

from pydantic import Field

from kith.faces.tables import FaceState
from kith.people.deciding import FaceAction
from kith.surfaces.native.wire import Wire
from kith.surfaces.native.wire_decisions import DecisionOut
from kith.surfaces.native.wire_people import MAX_FACES, Id, Name

Ratio = Annotated[float, Field(allow_inf_nan=False)]


class BoxOut(Wire):
    """Ratios of the upright photo, from its top left corner."""

    x: float
    y: float
    width: float
    height: float


class BoxIn(Wire):
    x: Ratio
    y: Ratio
    width: Ratio
    height: Ratio


class PersonFaceOut(Wire):
    """A face of a person, or one that may be; `version` goes into the addresses of its pictures."""

    face_id: int
    photo_id: int
    version: str
    box: BoxOut
    state: FaceState
    person_id: int | None
    suggested_person_id: int | None
    similarity: float | None
    quality: float


class PersonFacesOut(Wire):
    items: list[PersonFaceOut]
    next_cursor: str | None


class FacesDecideIn(Wire):
    face_ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_FACES)]
    action: FaceAction
    person_id: Id | None = None
    name: Name | None = None


class FaceDrawIn(Wire):
    """Whose it is: `person_id`, or whoever has the `name`; with neither nobody's yet."""

    box: BoxIn
    person_id: Id | None = None
    name: Name | None = None


class FaceDrawnOut(DecisionOut):
    """The decision, and the face that was drawn or was there."""

    face_id: int
