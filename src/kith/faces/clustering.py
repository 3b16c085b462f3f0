"""Grouping faces by an ad hoc rule, for whoever asks; stores nothing and knows nothing of people."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kith.accounts.principal import Principal, visible_to
from kith.errors import LimitExceeded
from kith.faces import queries
from kith.faces.errors import FaceNotFound
from kith.faces.tables import Face
from kith.index.base import Float32, Int64
from kith.index.cluster import NOISE, dbscan, radius_graph
from kith.kit.db import ReadSession
from kith.kit.offload import Offload

# Every pair may be near: so many faces have at most 50 million pairs, in 600 MB.
MAX_FACES = 10_000


class TooManyFaces(LimitExceeded):
    code = "faces_too_many"
    title = "These are too many faces to cluster at once"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Faces that belong together. `cosine` is the mean over its pairs, 1 where there is only one face.

    `representative_id` is the face most like all others of the cluster.
    """

    face_ids: list[int]
    cosine: float
    representative_id: int


@dataclass(frozen=True, slots=True)
class Clustering:
    """The clusters, largest first, and the faces that belong to none."""

    clusters: list[Cluster]
    noise_face_ids: list[int]


async def cluster_faces(
    session: ReadSession, who: Principal, offload: Offload,
    *, face_ids: Sequence[int] = (), min_cosine: float, min_samples: int,
) -> Clustering:  # fmt: skip
    """DBSCAN over these faces, or all if none are named: near from `min_cosine` on, cores of `min_samples`.

    Raises FaceNotFound where there is no face at all, TooManyFaces above `MAX_FACES`.
    """
    ids, vectors = await _read(session, who, face_ids)
    return await offload.run(cluster, ids, vectors, min_cosine, min_samples)


def cluster(ids: Int64, vectors: Float32, min_cosine: float, min_samples: int) -> Clustering:
    """DBSCAN (Ester, Kriegel, Sander and Xu, 1996) of unit vectors (n, d) with these ascending ids."""
    labels = dbscan(len(ids), radius_graph(vectors, min_cosine), min_samples=min_samples)
    rows = [np.nonzero(labels == label)[0] for label in range(int(labels.max(initial=NOISE)) + 1)]
    clusters = [_cluster(ids[members], vectors[members]) for members in rows]
    clusters.sort(key=lambda it: (-len(it.face_ids), it.face_ids[0]))
    return Clustering(clusters, ids[labels == NOISE].tolist())


def _cluster(ids: Int64, vectors: Float32) -> Cluster:
    """The sum of all vectors holds every pair: its square is n and twice the sum of the cosines.

    Rounding lets the first of several be the representative, of two faces say, which are equally alike.
    """
    total = vectors.sum(axis=0, dtype=np.float64)
    count = len(ids)
    cosine = (float(total @ total) - count) / (count * (count - 1)) if count > 1 else 1.0
    return Cluster(ids.tolist(), min(1.0, cosine), int(ids[np.argmax(np.round(vectors @ total, 5))]))


async def _read(session: ReadSession, who: Principal, face_ids: Sequence[int]) -> tuple[Int64, Float32]:
    space = await session.scalar(queries.active_space())
    if space is None:
        raise FaceNotFound("there are no faces yet")
    rows = (await session.execute(_entries(who, space.id, face_ids))).all()
    if not rows:
        raise FaceNotFound("there are no such faces" if face_ids else "there are no faces yet")
    if len(rows) > MAX_FACES:
        raise TooManyFaces(
            f"at most {MAX_FACES:,} faces can be clustered at once; name some", limit=MAX_FACES
        )
    return np.array([row[0] for row in rows], dtype=np.int64), np.stack([row[4] for row in rows])


def _entries(who: Principal, space_id: int, face_ids: Sequence[int]) -> queries.EntryRow:
    stmt = queries.index_entries_of(space_id, face_ids) if face_ids else queries.index_entries(space_id)
    return visible_to(stmt, Face, who).order_by(Face.id).limit(MAX_FACES + 1)
