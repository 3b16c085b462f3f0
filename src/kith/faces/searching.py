"""Finding faces by an embedding that somebody brings along."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kith.accounts.principal import Principal
from kith.engine.errors import InvalidEmbedding
from kith.faces.reading import ShownFace, list_faces
from kith.faces.recognition import Recognition
from kith.index.base import Float32, Scope
from kith.kit.db import ReadSession
from kith.kit.pages import Page


@dataclass(frozen=True, slots=True)
class NearFace:
    """A stored face and its raw cosine, -1..1, to the embedding asked for."""

    shown: ShownFace
    cosine: float


def unit_vector(values: Sequence[float], dimension: int) -> Float32:
    """The direction of `values` as a unit vector (dimension,), whatever their length was.

    Raises InvalidEmbedding for another number of values, one that is not finite, or no direction at all.
    """
    if len(values) != dimension:
        raise InvalidEmbedding(
            f"an embedding has {dimension} values here, this one {len(values)}",
            dimension=dimension, given=len(values),
        )  # fmt: skip
    vector = np.array(values, dtype=np.float64)
    if not np.isfinite(vector).all():
        raise InvalidEmbedding("an embedding has only finite numbers")
    largest = np.abs(vector).max()
    if largest == 0:
        raise InvalidEmbedding("an embedding of zeros has no direction")
    scaled = vector / largest  # so that no square runs out of range
    return (scaled / np.linalg.norm(scaled)).astype(np.float32)


async def nearest_faces(
    recognition: Recognition, session: ReadSession, who: Principal, vector: Float32,
    *, top: int, min_cosine: float,
) -> list[NearFace]:  # fmt: skip
    """The stored faces most like a unit vector (d,), best first, equal ones by id; ignored ones left out."""
    (near,) = await recognition.search(vector[np.newaxis], Scope(who.tenant_id), top, min_cosine)
    face_ids: list[int] = near.face_ids.tolist()
    found = await list_faces(session, who, Page(limit=top), face_ids=face_ids)
    shown = {it.face.id: it for it in found}
    return [
        NearFace(shown[face_id], min(1.0, cosine))
        for face_id, cosine in zip(face_ids, near.cosines.tolist(), strict=True)
        if face_id in shown
    ]
