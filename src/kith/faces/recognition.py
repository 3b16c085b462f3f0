"""The pack in use, as the domain sees it: an engine, its embedding space, and the index of that space."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import update

from kith.engine.base import FaceEngine
from kith.engine.calibration import Calibration
from kith.engine.faces import EmbeddingSpace as Space
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Image
from kith.faces import queries
from kith.faces.tables import EmbeddingSpace
from kith.index.base import Entries, Float32, Neighbours, Scope, VectorIndex, empty_entries
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.kit.offload import Offload

_CHUNK = 10_000


async def space_row(session: WriteSession, clock: Clock, space: Space) -> EmbeddingSpace:
    """The library's row for a space, made if need be."""
    row = await session.scalar(queries.space(space.key))
    if row is None:
        row = EmbeddingSpace(
            key=space.key, pack=space.pack, version=space.version, digest=space.digest,
            dimension=space.dimension, preprocessing=space.preprocessing, created_at=clock.now(),
        )  # fmt: skip
        session.add(row)
        await session.flush()
    return row


async def activate(session: WriteSession, space_id: int) -> None:
    """Make a space the library's own: this is how the choice of a pack is stored."""
    await session.execute(update(EmbeddingSpace).values(is_active=EmbeddingSpace.id == space_id))


async def settle(session: WriteSession, space_id: int) -> None:
    """The first space a library is analysed in becomes its own, unless one was chosen before."""
    if await session.scalar(queries.active_space()) is None:
        await activate(session, space_id)


@dataclass(frozen=True, slots=True)
class Recognition:
    """Everything a face needs to be found: synchronous parts, run off the event loop in bounded slots."""

    engine: FaceEngine
    space_id: int
    index: VectorIndex
    db: Database
    offload: Offload
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def calibration(self) -> Calibration:
        return self.engine.calibration

    async def analyse(self, images: Sequence[Image]) -> list[FoundFaces]:
        return await self.offload.run(self.engine.analyse, images)

    async def embed(self, image: Image, boxes: Float32) -> FoundFaces:
        return await self.offload.run(self.engine.embed, image, boxes)

    async def search(
        self, queries: Float32, scope: Scope, top: int, min_cosine: float = -1.0
    ) -> list[Neighbours]:
        """The nearest faces, as of the last commit."""
        await self.catch_up()
        return await self.offload.run(self.index.search, queries, scope, top, min_cosine)

    async def search_persons(
        self, queries: Float32, scope: Scope, top: int, min_cosine: float = -1.0
    ) -> list[Neighbours]:
        """The nearest persons by their best face, as of the last commit."""
        await self.catch_up()
        return await self.offload.run(self.index.search_persons, queries, scope, top, min_cosine)

    async def within(self, queries: Float32, scope: Scope, min_cosine: float) -> list[Neighbours]:
        """Every face at least that near, as of the last commit."""
        await self.catch_up()
        return await self.offload.run(self.index.within, queries, scope, min_cosine)

    async def catch_up(self) -> None:
        """Bring the index to the last committed change; from nothing if it is new or was lost."""
        async with self.lock, self.db.follow() as session:
            last = await session.scalar(queries.last_change()) or 0
            if self.index.position > last:
                await self.offload.run(self.index.clear)  # an older database was restored under it
            if self.index.position == 0 and last:
                after = 0
                while rows := (
                    await session.execute(queries.index_entries_after(self.space_id, after, _CHUNK))
                ).all():
                    after = rows[-1][0]
                    await self._apply(_entries(rows, self.index.dimension), (), 0)
                await self._apply(empty_entries(self.index.dimension), (), last)
            while changes := (
                await session.execute(queries.changes_after(self.index.position, _CHUNK))
            ).all():
                changed = sorted({face_id for _, face_id in changes})
                rows = (await session.execute(queries.index_entries_of(self.space_id, changed))).all()
                entries = _entries(rows, self.index.dimension)
                gone = sorted(set(changed).difference(entries.face_ids.tolist()))
                await self._apply(entries, gone, changes[-1][0])

    async def rebuild(self) -> int:
        """Forget the index and read it from the database again; the number of faces in it."""
        await self.offload.run(self.index.clear)
        await self.catch_up()
        await self.offload.run(self.index.persist)
        return len(self.index)

    async def _apply(self, entries: Entries, gone: Sequence[int], position: int) -> None:
        removed = np.array(gone, dtype=np.int64)
        await self.offload.run(self.index.apply, entries, removed, position)


def _entries(rows: Sequence[Sequence[object]], dimension: int) -> Entries:
    if not rows:
        return empty_entries(dimension)
    face_ids, tenants, galleries, persons, vectors = zip(*rows, strict=True)
    return Entries(
        face_ids=np.array(face_ids, dtype=np.int64),
        tenants=np.array(tenants, dtype=np.int64),
        galleries=np.array(galleries, dtype=np.int64),
        persons=np.array([person or 0 for person in persons], dtype=np.int64),
        vectors=np.stack(vectors).astype(np.float32),
    )
