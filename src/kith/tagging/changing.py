"""Changing and deleting single faces, images and galleries, each in the session of its request."""

from dataclasses import dataclass
from uuid import UUID

from kith.accounts.principal import Principal
from kith.enrolment.erasing import erase_gallery, erase_photos
from kith.faces import queries as face_queries
from kith.faces.errors import FaceNotFound
from kith.faces.service import take_turn
from kith.faces.tables import Face, FaceState
from kith.galleries import queries as gallery_queries
from kith.galleries.errors import ImageNotFound
from kith.galleries.images import get_image
from kith.galleries.showing import get_shown
from kith.kit.blobs import Blobs
from kith.kit.db import ReadSession, WriteSession
from kith.people.deleting import delete_face
from kith.people.forgetting import forget_faces
from kith.people.service import People
from kith.tagging import queries
from kith.tagging.saving import persons_by_uuid


@dataclass(frozen=True, slots=True)
class FaceChange:
    """`says_who` tells a person that is None, nobody, from one that was not mentioned."""

    face: UUID
    says_who: bool = False
    person: UUID | None = None
    is_verified: bool | None = None


async def get_face(session: ReadSession | WriteSession, who: Principal, uuid: UUID) -> Face:
    """Raises FaceNotFound for what is not there or not yours."""
    face = await session.scalar(queries.face(who, uuid))
    if face is None:
        raise FaceNotFound(f"there is no face {uuid}")
    return face


async def change_face(people: People, change: FaceChange) -> None:
    """Say whose a known face is, or only how sure that is; a person is verified unless said otherwise.

    Nobody's face can only be nobody's: verified or not, nothing is done. Raises FaceNotFound, PersonNotFound.
    """
    session, who = people.session, people.who
    await people.take_turn()
    face = await get_face(session, who, change.face)
    person_id = face.person_id if face.state not in queries.OPEN else None
    if change.says_who:
        persons = await persons_by_uuid(session, who, [change.person])
        person_id = persons[change.person] if change.person is not None else None
    if person_id is None:
        if change.says_who and face.state != FaceState.UNKNOWN:
            await people.unassign([face.id])
    elif change.is_verified is False:
        similarity = face.similarity if face.similarity is not None else face.detection_score
        await people.suppose({face.id: similarity}, person_id)
    elif change.says_who or change.is_verified:
        await people.assign([face.id], person_id)


async def remove_face(people: People, uuid: UUID) -> None:
    """Delete a face with all that is known of it, for good; raises FaceNotFound."""
    await people.take_turn()
    face = await get_face(people.session, people.who, uuid)
    await delete_face(people, face.id, delete_empty_person=False)
    await forget_faces(people.session, [face.id])


async def remove_image(
    session: WriteSession, blobs: Blobs, who: Principal, uuid: UUID, gallery: UUID | None
) -> bool:
    """Delete an image, and its picture with all faces if no other image shows it; had it a verified face?

    Raises ImageNotFound, also if it is not in the gallery that is named.
    """
    await take_turn(session, who.tenant_id)
    image = await get_image(session, who, uuid)
    if gallery is not None and (await get_shown(session, who, gallery)).gallery.id != image.gallery_id:
        raise ImageNotFound(f"there is no image {uuid} in gallery {gallery}")
    photo_id, was_verified = image.photo_id, False
    if photo_id is not None:
        faces = await session.scalars(face_queries.faces_of_photos([photo_id]))
        was_verified = any(face.state == FaceState.CONFIRMED for face in faces)
    await session.delete(image)
    await session.flush()
    if (
        photo_id is not None
        and (await session.scalars(gallery_queries.images_of_photo(who, photo_id))).first() is None
    ):
        await erase_photos(session, blobs, who, [photo_id])
    return was_verified


async def remove_gallery(session: WriteSession, blobs: Blobs, who: Principal, uuid: UUID) -> int:
    """Erase a gallery with its images, their pictures and faces; how many faces. Raises GalleryNotFound."""
    await take_turn(session, who.tenant_id)
    shown = await get_shown(session, who, uuid)
    return await erase_gallery(session, blobs, who, shown.gallery.id)
