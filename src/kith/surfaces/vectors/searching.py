"""Searching as parts B and C do: by a vector, or by the best face of a picture that is kept nowhere."""

from dataclasses import dataclass
from uuid import UUID

from kith.accounts.principal import Principal
from kith.audit.tables import AuditAction
from kith.faces.errors import FaceNotFound
from kith.faces.hits import Hit, Sighting, find_sighting, similar_faces
from kith.faces.searching import unit_vector
from kith.runtime import Runtime
from kith.surfaces.vectors.bodies import SearchAsked
from kith.surfaces.vectors.probing import Probed, probe


@dataclass(frozen=True, slots=True)
class Answered:
    """`probed` is None for a search by a vector."""

    probed: Probed | None
    hits: list[Hit]


async def search(kith: Runtime, who: Principal, asked: SearchAsked) -> Answered:
    """Raises NoUsableFaces, InvalidEmbedding, and what is wrong with the picture."""
    recognition = await kith.recognition()
    probed = await probe(kith, asked.image) if asked.image is not None else None
    dimension = recognition.engine.space.dimension
    vector = probed.vector if probed is not None else unit_vector(asked.vector or [], dimension)
    async with kith.db.read() as session:
        hits = await similar_faces(
            recognition, session, who, vector, top=asked.top, min_similarity=asked.threshold
        )
    await kith.note(who, AuditAction.SEARCH, "face", counts={"results": len(hits)})
    return Answered(probed, hits)


async def find_face(kith: Runtime, who: Principal, face_id: str) -> Sighting:
    """Raises FaceNotFound for what is not there or another's, and for what is no id."""
    try:
        uuid = UUID(face_id)
    except ValueError as error:
        raise FaceNotFound("there is no such face") from error
    async with kith.db.read() as session:
        return await find_sighting(session, who, uuid)
