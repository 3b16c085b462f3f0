"""Faces shown together with their embeddings in the library's own space."""

from collections.abc import Sequence
from dataclasses import dataclass

from kith.accounts.principal import Principal
from kith.faces import queries
from kith.faces.errors import FaceNotFound
from kith.faces.reading import ShownFace, embeddings_of, list_faces
from kith.index.base import Float32
from kith.kit.db import ReadSession
from kith.kit.pages import Page


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedFace:
    """`embedding` (d,) is of unit length; None while the space in use has not seen the face."""

    shown: ShownFace
    embedding: Float32 | None


async def list_embedded(
    session: ReadSession,
    who: Principal,
    page: Page,
    *,
    person_id: int | None = None,
    face_ids: Sequence[int] | None = None,
) -> list[EmbeddedFace]:
    """Faces in the order of their ids; unknown ids in `face_ids` are passed over, ignored faces left out."""
    shown = await list_faces(session, who, page, person_id=person_id, face_ids=face_ids)
    space = await session.scalar(queries.active_space())
    ids = [it.face.id for it in shown]
    embeddings = await embeddings_of(session, space.id, ids) if space is not None else {}
    return [EmbeddedFace(it, embeddings.get(it.face.id)) for it in shown]


async def get_embedded(session: ReadSession, who: Principal, face_id: int) -> EmbeddedFace:
    """Raises FaceNotFound for what is not there, ignored or not yours."""
    found = await list_embedded(session, who, Page(), face_ids=[face_id])
    if not found:
        raise FaceNotFound(f"there is no face {face_id}")
    return found[0]
