"""What is shown of faces: lists with their photos, places and embeddings, a few queries each."""

from collections.abc import Sequence
from dataclasses import dataclass

from kith.accounts.principal import Principal
from kith.faces import queries
from kith.faces.tables import Face, FaceState
from kith.index.base import Float32
from kith.kit.db import ReadSession, WriteSession
from kith.kit.pages import Page
from kith.photos import queries as photo_queries
from kith.photos.tables import Photo


@dataclass(frozen=True, slots=True)
class ShownFace:
    """A face, its photo, and where the photo's bytes are (a path, or a blob's name)."""

    face: Face
    photo: Photo
    location: str


async def list_faces(
    session: ReadSession | WriteSession,
    who: Principal,
    page: Page,
    *,
    state: FaceState | None = None,
    person_id: int | None = None,
    face_ids: Sequence[int] | None = None,
    after_id: int = 0,
) -> list[ShownFace]:
    """Faces in the order of their ids; `after_id` goes on where a list ended, for lists of any length.

    Unknown ids in `face_ids` and those of others are passed over; ignored faces are left out.
    """
    statement = queries.listed(
        who, page, state=state, person_id=person_id, face_ids=face_ids, after_id=after_id
    )
    rows = (await session.execute(statement)).all()
    places = await _places(session, sorted({photo.id for _, photo in rows}))
    return [ShownFace(face, photo, places.get(photo.id, "")) for face, photo in rows]


async def embeddings_of(
    session: ReadSession | WriteSession, space_id: int, face_ids: Sequence[int]
) -> dict[int, Float32]:
    """{face id: unit vector} in one space; faces not yet embedded there are missing."""
    rows = await session.execute(queries.embeddings(space_id, face_ids))
    return {row[0]: row[1] for row in rows}


async def _places(session: ReadSession | WriteSession, photo_ids: Sequence[int]) -> dict[int, str]:
    places: dict[int, str] = {}
    for photo_id, location in await session.execute(photo_queries.places_of(photo_ids)):
        places.setdefault(photo_id, location)
    return places


async def active_space_id(session: ReadSession | WriteSession) -> int | None:
    """The space of the pack in use; None before the first analysis."""
    space = await session.scalar(queries.active_space())
    return space.id if space is not None else None
