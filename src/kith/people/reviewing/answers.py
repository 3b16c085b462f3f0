"""Answers to questions: each is one decision."""

from kith.faces import queries as face_queries
from kith.people.errors import PersonNotFound
from kith.people.reviewing.errors import QuestionSettled
from kith.people.reviewing.questions import Asked
from kith.people.service import People
from kith.people.tables import Decision


async def answer(people: People, asked: Asked, *, same: bool) -> Decision:
    """Say whether it is the same person; what has been decided otherwise meanwhile is left out.

    Raises QuestionSettled where nothing is left of the question, PersonNotFound and FaceNotFound.
    """
    await people.person(asked.person_id)
    if asked.group_id is not None:
        return await _of_group(people, asked.person_id, asked.group_id, same=same)
    faces = await people.faces(asked.face_ids)
    open_ids = [face.id for face in faces if face.suggested_person_id == asked.person_id and face.is_shown]
    if not open_ids:
        raise QuestionSettled
    if same:
        return await people.confirm(open_ids)
    return await people.reject(open_ids, asked.person_id)


async def _of_group(people: People, person_id: int, group_id: int, *, same: bool) -> Decision:
    try:
        group = await people.person(group_id)
    except PersonNotFound as error:
        raise QuestionSettled from error
    if group.name is not None:
        raise QuestionSettled("the group has a name by now")
    if same:
        decision, _ = await people.merge([group_id], person_id)
        return decision
    rows = await people.session.scalars(face_queries.faces_of_person(people.who, group_id))
    face_ids = [face.id for face in rows]
    if not face_ids:
        raise QuestionSettled
    return await people.reject(face_ids, person_id)
