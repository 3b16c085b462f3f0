"""Finding the photos of a gallery that show a face."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kith.accounts.principal import Principal
from kith.engine.faces import Faces as FoundFaces
from kith.enrolment import queries
from kith.enrolment.errors import GalleryNotIndexed
from kith.external_ids import queries as id_queries
from kith.external_ids.service import checked
from kith.faces.recognition import Recognition
from kith.galleries.service import find_gallery
from kith.index.base import Scope
from kith.kit.chunks import chunks
from kith.kit.db import ReadSession
from kith.people.finding import most_prominent


@dataclass(frozen=True, slots=True)
class GalleryStatus:
    """How many photos with faces a gallery has, and since when; `gallery_id` is None where there is none.

    `owner` is whoever asked, as the tenant that has the gallery.
    """

    owner: Principal | None = None
    gallery_id: int | None = None
    title: str = ""
    photo_count: int = 0
    last_indexed: datetime | None = None


@dataclass(frozen=True, slots=True)
class PhotoMatch:
    """A photo by the client's id with its most similar face: calibrated similarity, detection score."""

    photo_id: str
    similarity: float
    detection_score: float
    name: str
    location: str
    created_at: datetime


async def read_status(session: ReadSession, who: Principal, gallery_name: str) -> GalleryStatus:
    """Of the gallery a client calls so, whether there is one or not."""
    owner = await _owner(session, who, gallery_name)
    gallery = await find_gallery(session, owner, gallery_name) if owner is not None else None
    if owner is None or gallery is None:
        return GalleryStatus()
    count, last = (await session.execute(id_queries.summary(owner, gallery.id))).one()
    return GalleryStatus(owner, gallery.id, gallery.title, count, last)


async def _owner(session: ReadSession, who: Principal, gallery_name: str) -> Principal | None:
    """As whom `who` looks into a gallery: with a key as themselves.

    A guest knows no tenant, so whoever has photos in such a gallery is meant. If more than one has, it is
    None as if nobody had: which is meant cannot be known, and that there are several is nobody's to know.
    """
    if not who.is_guest:
        return who
    tenants = (await session.scalars(queries.tenants_with(checked(gallery_name)))).all()
    return replace(who, tenant_id=tenants[0]) if len(tenants) == 1 else None


async def require_indexed(session: ReadSession, who: Principal, gallery_name: str) -> GalleryStatus:
    """Raises GalleryNotIndexed where there is no face to be found."""
    status = await read_status(session, who, gallery_name)
    if not status.photo_count:
        raise GalleryNotIndexed("this session has not been indexed")
    return status


async def count_faces(session: ReadSession, who: Principal) -> int:
    """How many faces are in galleries of clients, rather than in the library."""
    return await session.scalar(queries.count_faces(who)) or 0


async def find_in_gallery(
    recognition: Recognition, session: ReadSession, gallery: GalleryStatus, selfie: FoundFaces,
    *, min_similarity: float,
) -> list[PhotoMatch]:  # fmt: skip
    """The photos that show the largest face of a selfie, each once, best first; none without a face."""
    who = gallery.owner
    if not len(selfie) or who is None:
        return []
    vector = selfie.embeddings[most_prominent(selfie)]
    calibration = recognition.calibration
    scope = Scope(who.tenant_id, gallery.gallery_id)
    (near,) = await recognition.within(vector[None], scope, calibration.cosine(min_similarity))
    similarity = dict(zip(near.face_ids.tolist(), calibration.similarity(near.cosines).tolist(), strict=True))
    matches = await _photos(session, who, similarity)
    return sorted(matches, key=lambda it: (-it.similarity, it.photo_id))


async def _photos(session: ReadSession, who: Principal, similarity: dict[int, float]) -> Sequence[PhotoMatch]:
    """Each photo once, by its most similar face; `similarity` names faces, best first."""
    rank = {face_id: at for at, face_id in enumerate(similarity)}
    best: dict[str, tuple[int, PhotoMatch]] = {}
    for some in chunks(list(similarity)):
        rows = (await session.execute(queries.matches(who, some))).all()
        places: dict[int, str] = {}
        for photo_id, location in await session.execute(queries.places(sorted({row[3] for row in rows}))):
            places.setdefault(photo_id, location)
        for face_id, score, value, photo_id, name, created_at in rows:
            match = PhotoMatch(value, similarity[face_id], score, name, places.get(photo_id, ""), created_at)
            if value not in best or rank[face_id] < best[value][0]:
                best[value] = rank[face_id], match
    return [match for _, match in best.values()]
