"""The faces of photos: saved, shown, changed, deleted."""

from uuid import UUID

from fastapi import APIRouter

from kith.people.service import People
from kith.surfaces.galleries import mapping_faces as mapping
from kith.surfaces.galleries import wire_faces as wire
from kith.surfaces.galleries.fields import DoneOut
from kith.surfaces.galleries.routing import COMMON, MISSING, READS, WRITES
from kith.surfaces.requests import Kith, Reading, Who, Writing
from kith.tagging.changing import change_face, remove_face
from kith.tagging.reading import embedded_faces, faces_of_images, faces_of_person
from kith.tagging.saving import Tagging

router = APIRouter(prefix="", tags=["galleries: faces"], responses=COMMON)


@router.post("/api/faces/save", dependencies=WRITES, summary="Save one face of a photo", responses=MISSING)
async def save_face(body: wire.SaveFaceIn, kith: Kith, who: Who) -> wire.FaceSavedOut:
    """The other faces stay. A known face under the box is taken, else what is found there, else the box."""
    saved = await Tagging(kith.tagging, who).add(body.photo_id, mapping.tag(body), url=body.image_url)
    return wire.FaceSavedOut(face_id=str(saved.face), index_rebuilt=saved.is_verified)


@router.post(
    "/api/faces/save-face-tags", dependencies=WRITES, summary="Save all faces of a photo", responses=MISSING
)
async def save_face_tags(body: wire.SaveTagsIn, kith: Kith, who: Who) -> wire.TagsSavedOut:
    """All others go. No tags at all say that no faces are on the photo. One transaction, or nothing.

    A face that cannot be seen in the picture is saved without a descriptor.
    """
    tags, embeds = [mapping.tag(it) for it in body.tags], body.generate_descriptors
    tagging = Tagging(kith.tagging, who)
    saved = await tagging.replace(body.photo_id, tags, url=body.image_url, embeds=embeds)
    return mapping.tags_saved(saved)


@router.post("/api/faces/get-photo-faces", dependencies=READS, summary="The faces of a photo")
async def get_photo_faces(body: wire.PhotoIn, session: Reading, who: Who) -> wire.PhotoFacesOut:
    return mapping.photo_faces(await faces_of_images(session, who, [body.photo_id]))


@router.post(
    "/api/faces/get-batch-photo-faces", dependencies=READS, summary="The faces of many photos, as a list"
)
async def get_batch_photo_faces(body: wire.PhotosIn, session: Reading, who: Who) -> list[wire.PhotoFaceOut]:
    return mapping.photo_faces(await faces_of_images(session, who, body.photo_ids)).faces


@router.post("/api/faces/batch-get-photo-faces", dependencies=READS, summary="The faces of many photos")
async def batch_get_photo_faces(body: wire.PhotosIn, session: Reading, who: Who) -> wire.PhotoFacesOut:
    return mapping.photo_faces(await faces_of_images(session, who, body.photo_ids))


@router.delete("/api/faces/delete/{face}", dependencies=WRITES, summary="Delete a face", responses=MISSING)
async def delete_face(face: UUID, kith: Kith, session: Writing, who: Who) -> DoneOut:
    """For good, with its embedding."""
    await remove_face(People(session, who, kith.clock), face)
    return DoneOut()


@router.post("/api/faces/update", dependencies=WRITES, summary="Say whose a face is", responses=MISSING)
async def update_face(body: wire.FaceChangeIn, kith: Kith, session: Writing, who: Who) -> wire.IndexedOut:
    """A `person_id` of null says nobody's; one that is left out stays. It can be undone."""
    await change_face(People(session, who, kith.clock), mapping.face_change(body))
    return wire.IndexedOut(index_rebuilt=True)


@router.post(
    "/api/faces/get-person-faces", dependencies=READS, summary="The faces of a person", responses=MISSING
)
async def get_person_faces(body: wire.PhotoFacesOfIn, session: Reading, who: Who) -> wire.PhotoFacesOfOut:
    rows = await faces_of_person(session, who, body.person_id, verified_only=body.verified_only)
    return mapping.person_faces(rows, len(await embedded_faces(session, [it.face.id for it in rows])))
