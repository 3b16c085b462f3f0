"""The review queue on the wire."""

from typing import Literal

from kith.surfaces.native.wire import Wire
from kith.surfaces.native.wire_decisions import DecisionOut
from kith.surfaces.native.wire_people import PersonOut


class QuestionFaceOut(Wire):
    face_id: int
    version: str
    photo_id: int
    similarity: float | None


class QuestionOut(Wire):
    """Whether these faces are the person; with `group_id` they are the best of a whole group."""

    question_id: str
    person: PersonOut
    group_id: int | None
    faces: list[QuestionFaceOut]
    settles: int
    similarity: float | None


class LeftOut(Wire):
    questions: int
    faces: int


class ReviewOut(Wire):
    items: list[QuestionOut]
    left: LeftOut
    seconds_left_estimate: int


class AnswerIn(Wire):
    same: bool | Literal["skip"]


class AnsweredOut(Wire):
    """The decision, null for a question that is skipped."""

    decision: DecisionOut | None
