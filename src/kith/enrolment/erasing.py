"""Erasing photos and whole galleries, with all that came of them."""

from collections.abc import Sequence

from sqlalchemy import delete

from kith.accounts.principal import Principal
from kith.faces import queries as face_queries
from kith.faces.changes import touch
from kith.faces.service import take_turn
from kith.galleries.tables import Gallery
from kith.kit.blobs import Blobs
from kith.kit.chunks import chunks
from kith.kit.db import WriteSession
from kith.people.forgetting import forget_faces
from kith.photos import queries as photo_queries
from kith.photos.derived import delete_derived
from kith.photos.tables import Photo

# Blobs are named twice in a statement.
_CHUNK = 5_000


async def erase_gallery(session: WriteSession, blobs: Blobs, who: Principal, gallery_id: int) -> int:
    """Erase a gallery of the tenant's and everything in it; how many faces there were.

    Photos, files, blobs, faces, embeddings, external ids and index entries go, and what decisions say of
    the faces. Whoever is at work on the gallery's photos must look for it again before storing anything.
    """
    await take_turn(session, who.tenant_id)
    photo_ids = (await session.scalars(photo_queries.ids_in_gallery(who, gallery_id))).all()
    count = await erase_photos(session, blobs, who, photo_ids)
    mine = (Gallery.id == gallery_id) & (Gallery.tenant_id == who.tenant_id)
    await session.execute(delete(Gallery).where(mine))
    return count


async def erase_photos(session: WriteSession, blobs: Blobs, who: Principal, photo_ids: Sequence[int]) -> int:
    """Erase photos of the tenant's as above, its turn taken before; how many faces they had.

    Bytes go before the rows are committed: should that fail, erasing again finds what is left.
    """
    count = 0
    for some in chunks(photo_ids, _CHUNK):
        faces = (await session.scalars(face_queries.faces_of_photos(some))).all()
        face_ids = [face.id for face in faces]
        touch(session, face_ids)
        await forget_faces(session, face_ids)
        for name in await session.scalars(photo_queries.blobs_only_of(some)):
            await blobs.delete(name)
        for sha256 in await session.scalars(photo_queries.digests_only_of(some)):
            await delete_derived(blobs, sha256)
        mine = Photo.id.in_(some) & (Photo.tenant_id == who.tenant_id)
        await session.execute(delete(Photo).where(mine))
        count += len(faces)
    return count
