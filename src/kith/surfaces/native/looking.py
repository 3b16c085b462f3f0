"""Looking for somebody by a picture that is kept nowhere."""

from fastapi import UploadFile

from kith.accounts.principal import Principal
from kith.audit.tables import AuditAction
from kith.errors import InvalidInput
from kith.people.browsing.persons import read_tiles
from kith.people.finding import find_vector, most_prominent
from kith.runtime import Runtime
from kith.searching.service import read_shown
from kith.surfaces.native import mapping_search as mapping
from kith.surfaces.native import wire_search as wire
from kith.surfaces.uploads import analyse_upload

_PEOPLE = 10
_PHOTOS = 200
_MIN_SCORE = 0.5


class FaceIndexInvalid(InvalidInput):
    code = "face_index_invalid"
    title = "The picture has no such face"


async def look_for(
    kith: Runtime, who: Principal, file: UploadFile, face_index: int | None
) -> wire.FoundByFaceOut:
    """Raises NoFace, FaceIndexInvalid, and what is wrong with the picture. Leaves an audit entry."""
    it = await analyse_upload(kith, file, _MIN_SCORE)
    faces = it.found.pick(it.rows.tolist())
    row = most_prominent(faces) if face_index is None else face_index
    if row >= len(faces):
        raise FaceIndexInvalid(f"the picture has {len(faces)} faces, counted from 0", face_count=len(faces))
    async with kith.db.read() as session:
        hits = await find_vector(
            it.recognition, session, who, faces.embeddings[row],
            top=_PEOPLE, min_similarity=kith.thresholds.suggest,
        )  # fmt: skip
        tiles = await read_tiles(session, who, [hit.person.id for hit in hits if hit.person is not None])
        photo_ids = dict.fromkeys(place.photo_id for hit in hits for place in hit.photos)
        photos = await read_shown(session, who, list(photo_ids)[:_PHOTOS])
    await kith.note(who, AuditAction.SEARCH, "face", counts={"results": len(hits)})
    return wire.FoundByFaceOut(
        faces=mapping.seen(faces, it.image.width_px, it.image.height_px), face_index=row,
        people=mapping.people(hits, tiles), photos=mapping.photos(photos),
    )  # fmt: skip
