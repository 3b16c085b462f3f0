"""A small library made by hand: photos, faces with chosen embeddings, and a recognition over them.

Faces are directions in a 128-d space: `near(axis, closeness)` is a face of the identity `axis`, with the
given cosine to its centre. The index, the database and the calibration are real; only the networks,
which these tests have no use for, are not there.
"""

import hashlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlalchemy import select

from kith.accounts.principal import Principal
from kith.engine.calibration import Calibration
from kith.engine.faces import EmbeddingSpace as Space
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Float32
from kith.faces.queries import faces_of_photos
from kith.faces.recognition import Recognition, activate, space_row
from kith.faces.service import Analysis, Faces
from kith.faces.tables import Face, FaceState
from kith.index.memory import MemoryIndex
from kith.kit.db import Database
from kith.kit.offload import Offload
from kith.people.identification import IdentifyConfig
from kith.people.identification.thinking import think
from kith.people.identification.writing import Writing
from kith.people.matching import Thresholds
from kith.people.service import People
from kith.people.tables import Person
from kith.photos.service import NewFile, Photos
from kith.photos.tables import Storage
from tests.support.clock import ManualClock

DIMENSION = 128
SPACE = Space("test", "1", "0" * 64, DIMENSION, "none")
CALIBRATION = Calibration((0.2, 0.3, 0.4, 0.5, 0.6), "made up for tests")
CONFIG = IdentifyConfig(
    Thresholds(auto=0.8, suggest=0.6, poor=0.9, seed_quality=0.5),
    strangers=0.05,
    group_size=2,
    cohesion=0.5,
    neighbours=10,
)


def near(axis: int, cosine: float = 0.95, seed: int = 0) -> Float32:
    """A unit vector with this cosine to the centre of identity `axis`; seeds lean different ways."""
    random = np.random.default_rng((axis, seed))
    away = random.normal(size=DIMENSION)
    away[:64] = 0
    away /= np.linalg.norm(away)
    vector = np.sqrt(1 - cosine**2) * away
    vector[axis] += cosine
    return vector.astype(np.float32)


def found_faces(vectors: Float32, boxes: Float32 | None = None, quality: float = 0.9) -> FoundFaces:
    count = len(vectors)
    if boxes is None:
        boxes = np.array([[100 * row, 0, 100 * row + 80, 80] for row in range(count)], dtype=np.float32)
    flat = np.full(count, quality, dtype=np.float32)
    points = np.zeros((count, 5, 2), dtype=np.float32)
    return FoundFaces(boxes.reshape(-1, 4), flat, points, flat, flat * 80, flat, flat, vectors)


@dataclass
class World:
    """The library of one tenant, and shorthand for what tests do with it."""

    db: Database
    clock: ManualClock
    recognition: Recognition
    who: Principal = field(default_factory=Principal)
    numbers: itertools.count = field(default_factory=itertools.count)

    async def photo(
        self, *vectors: Float32, quality: float = 0.9, taken: datetime | None = None
    ) -> list[int]:
        """A photo with a face for each vector; the ids of the faces."""
        number = next(self.numbers)
        digest = hashlib.sha256(f"{self.who.tenant_id}-{number}".encode()).hexdigest()
        new = NewFile(
            digest,
            f"{number}.jpg",
            1000,
            "image/jpeg",
            1000,
            1000,
            taken,
            None,
            Storage.FOLDER,
            f"/p/{digest}.jpg",
            1,
        )
        async with self.db.write() as session:
            photos = Photos(session, self.who, self.clock)
            (registered,) = await photos.register(await photos.library_id(), [new])
            found = found_faces(np.array(vectors, dtype=np.float32).reshape(-1, DIMENSION), quality=quality)
            store = Faces(session, self.who, self.clock)
            await store.record([Analysis(registered.photo, [], found)], self.recognition.space_id)
            faces = (await session.scalars(faces_of_photos([registered.photo.id]))).all()
        return [face.id for face in faces]

    async def identify(self) -> None:
        """What the `identify` job does."""
        async with self.db.read() as session:
            plan = await think(self.recognition, session, self.who.tenant_id, CONFIG)
        async with self.db.write() as session:
            await Writing(session, self.clock, self.who.tenant_id).write(plan)

    @asynccontextmanager
    async def people(self) -> AsyncIterator[People]:
        async with self.db.write() as session:
            yield People(session, self.who, self.clock)

    async def face(self, face_id: int) -> Face:
        async with self.db.read() as session:
            return await session.get_one(Face, face_id)

    async def person(self, person_id: int) -> Person:
        async with self.db.read() as session:
            return await session.get_one(Person, person_id)

    async def states(self, face_ids: list[int]) -> list[tuple[FaceState, int | None]]:
        faces = [await self.face(face_id) for face_id in face_ids]
        return [(face.state, face.person_id) for face in faces]

    async def partition(self) -> set[frozenset[int]]:
        """Face ids by person, nobody's left out."""
        groups: dict[int, set[int]] = {}
        async with self.db.read() as session:
            for face in await session.scalars(select(Face).order_by(Face.id)):
                if face.person_id is not None:
                    groups.setdefault(face.person_id, set()).add(face.id)
        return {frozenset(group) for group in groups.values()}

    async def named_person(self, name: str, *vectors: Float32) -> int:
        """A person with this name and a photo for each vector."""
        faces = [face for vector in vectors for face in await self.photo(vector)]
        async with self.people() as people:
            _, person = await people.assign(faces, name=name)
        return person.id


@asynccontextmanager
async def open_world(db: Database, clock: ManualClock) -> AsyncIterator[World]:
    async with db.write() as session:
        row = await space_row(session, clock, SPACE)
        await activate(session, row.id)
    index = MemoryIndex(DIMENSION)
    offload = Offload(1, 100)
    yield World(db, clock, Recognition(NoNetworks(), row.id, index, db, offload, offload))
    await offload.close()
    index.close()


class NoNetworks:
    """Stands where the engine would: it knows its space and calibration, and sees nothing."""

    space = SPACE
    calibration = CALIBRATION

    def analyse(self, images):
        raise AssertionError("no test of identity looks at pixels")

    embed = analyse


async def two_groups(world: World) -> tuple[list[int], list[int]]:
    """Three photos each of two strangers, grouped."""
    ada = [face for seed in range(3) for face in await world.photo(near(1, seed=seed))]
    bob = [face for seed in range(3) for face in await world.photo(near(2, seed=seed))]
    await world.identify()
    return ada, bob
