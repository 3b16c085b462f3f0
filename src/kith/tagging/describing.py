"""Embedding faces on demand: of a picture somebody names, or of images whose faces lack an embedding."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kith.accounts.principal import Principal
from kith.faces.service import take_turn
from kith.galleries.showing import get_shown
from kith.photos.service import Photos
from kith.tagging import queries
from kith.tagging.pictures import Parts, Pictures
from kith.tagging.placing import Tag, sight
from kith.tagging.reading import embedded_faces
from kith.tagging.saving import SavedTag, Tagging


@dataclass(frozen=True, slots=True)
class DescribeTag:
    """A face to embed; it is kept if it is of an image."""

    tag: Tag
    image: UUID | None


async def describe_faces(
    parts: Parts, who: Principal, url: str, wanted: Sequence[DescribeTag]
) -> list[SavedTag | None]:
    """What was kept of each face, None where nothing was to be kept. Raises as `Tagging.add_all`."""
    alone = [it.tag for it in wanted if it.image is None]
    if alone:
        await sight(await Pictures(parts, who).look(url), alone)
    kept: dict[int, SavedTag] = {}
    tagging = Tagging(parts, who)
    for image in dict.fromkeys(it.image for it in wanted if it.image is not None):
        places = [at for at, it in enumerate(wanted) if it.image == image]
        saved = await tagging.add_all(image, [wanted[at].tag for at in places], url=url)
        kept |= dict(zip(places, saved, strict=True))
    return [kept.get(at) for at in range(len(wanted))]


@dataclass(frozen=True, slots=True)
class Described:
    """Nobody's faces of a gallery: all, and those without an embedding, whose photos are analysed anew."""

    total: int
    queued: int


async def describe_unknown(parts: Parts, who: Principal, gallery: UUID) -> Described:
    """Queue the photos of a gallery's unknown faces that lack an embedding; raises GalleryNotFound."""
    async with parts.db.write() as session:
        await take_turn(session, who.tenant_id)
        gallery_id = (await get_shown(session, who, gallery)).gallery.id
        rows = (await session.execute(queries.unknown(who, gallery_id))).all()
        photos = {face.id: face.photo_id for _, face in rows}
        missing = photos.keys() - await embedded_faces(session, list(photos))
        await Photos(session, who, parts.clock).analyse(sorted({photos[face_id] for face_id in missing}))
    return Described(len(photos), len(missing))
