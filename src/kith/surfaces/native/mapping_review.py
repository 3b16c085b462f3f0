"""The review queue, from our words to the wire's."""

from kith.people.reviewing.questions import AskedFace, Question, Queue
from kith.surfaces.native import mapping_people
from kith.surfaces.native import wire_review as wire


def review(it: Queue) -> wire.ReviewOut:
    return wire.ReviewOut(
        items=[_question(question) for question in it.questions],
        left=wire.LeftOut(questions=it.question_count, faces=it.face_count),
        seconds_left_estimate=round(it.question_count * it.seconds_each),
    )


def _question(it: Question) -> wire.QuestionOut:
    return wire.QuestionOut(
        question_id=it.asked.question_id, person=mapping_people.person(it.person), group_id=it.asked.group_id,
        faces=[_face(face) for face in it.faces], settles=it.settles, similarity=it.similarity,
    )  # fmt: skip


def _face(it: AskedFace) -> wire.QuestionFaceOut:
    return wire.QuestionFaceOut(
        face_id=it.face_id, version=mapping_people.version(it.sha256), photo_id=it.photo_id,
        similarity=it.similarity,
    )  # fmt: skip
