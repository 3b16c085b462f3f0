"""What is in a library, apart from the ids and the order in which it came there."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from kith.faces.tables import Embedding, Face
from kith.jobs.tables import Job
from kith.kit.db import Database
from kith.people.tables import Person
from kith.photos.tables import File, Photo


@dataclass(frozen=True)
class Snapshot:
    """Photos and hashes by digest; faces by photo and box; who is with whom; what should not be there."""

    photos: dict[str, str]
    phashes: dict[str, int | None]
    files: set[tuple[str, str]]
    faces: dict[tuple[str, tuple[float, ...]], str]
    embeddings: dict[tuple[str, tuple[float, ...]], NDArray[np.float32]]
    groups: set[frozenset[tuple[str, tuple[float, ...]]]]
    counts: dict[str, int]
    open_jobs: int

    def must_equal(self, other: "Snapshot") -> None:
        """Assert that both are the same library; embeddings agree to 1e-5."""
        assert self.photos == other.photos
        assert self.phashes == other.phashes
        assert self.files == other.files
        assert self.faces == other.faces
        assert self.groups == other.groups
        assert self.counts == other.counts
        assert self.open_jobs == other.open_jobs
        for key, vector in self.embeddings.items():
            np.testing.assert_allclose(vector, other.embeddings[key], atol=1e-5)


async def snapshot(url: str) -> Snapshot:
    """The library in a database."""
    db = Database(url)
    async with db.read() as session:
        photos = (await session.scalars(select(Photo))).all()
        files = (await session.scalars(select(File))).all()
        faces = (await session.scalars(select(Face))).all()
        vectors = {row.face_id: row.vector for row in await session.scalars(select(Embedding))}
        counts = {
            table.__tablename__: await session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Photo, File, Face, Embedding, Person)
        }
        open_jobs = await session.scalar(select(func.count()).select_from(Job)) or 0
    await db.close()
    digests = {photo.id: photo.sha256 for photo in photos}
    keys = {face.id: (digests[face.photo_id], _place(face)) for face in faces}
    groups: dict[int, set[tuple[str, tuple[float, ...]]]] = defaultdict(set)
    for face in faces:
        if face.person_id is not None:
            groups[face.person_id].add(keys[face.id])
    return Snapshot(
        photos={photo.sha256: photo.state for photo in photos},
        phashes={photo.sha256: photo.phash for photo in photos},
        files={(digests[file.photo_id], file.location) for file in files},
        faces={keys[face.id]: face.state for face in faces},
        embeddings={keys[face_id]: vector for face_id, vector in vectors.items()},
        groups={frozenset(members) for members in groups.values()},
        counts=counts,
        open_jobs=open_jobs,
    )


def _place(face: Face) -> tuple[float, ...]:
    """A box to a tenth of a pixel: what differs by less is the same box, computed in another batch."""
    return tuple(round(value, 1) for value in face.xyxy)
