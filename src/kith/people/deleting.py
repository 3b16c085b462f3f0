"""Deleting a face, and perhaps the person it leaves with none."""

from kith.faces.service import Faces
from kith.faces.tables import Face
from kith.people import queries
from kith.people.service import People


async def delete_face(people: People, face_id: int, *, delete_empty_person: bool) -> Face:
    """Delete a face with all that is known of it, for good; raises FaceNotFound.

    With `delete_empty_person` the person whose last face it was goes too.
    """
    session = people.session
    face = await Faces(session, people.who, people.clock).delete(face_id)
    await session.flush()
    person_id = face.person_id
    if delete_empty_person and person_id is not None:
        left = await session.scalars(queries.has_faces([person_id]))
        if left.first() is None:
            await people.erase(person_id, delete_faces=True)
    return face
