"""The pack in use, as the domain sees it: an engine, its embedding space, and the index of that space."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import update

from kith.engine.base import FaceEngine
from kith.engine.calibration import Calibration
from kith.engine.faces import EmbeddingSpace as Space
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Image
from kith.errors import Unavailable
from kith.faces import queries
from kith.faces.errors import PackChanged
from kith.faces.tables import EmbeddingSpace
from kith.index.base import Entries, Float32, Neighbours, Scope, VectorIndex, empty_entries
from kith.kit.clock import Clock
from kith.kit.db import Database, ReadSession, WriteSession, serialise
from kith.kit.offload import Offload

_CHUNK = 10_000
_TURN = "faces.space"  # makes, chooses and settles follow one another


async def space_row(session: WriteSession, clock: Clock, space: Space) -> EmbeddingSpace:
    """The library's row for a space, made if need be."""
    await serialise(session, _TURN)
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
    await serialise(session, _TURN)
    await session.execute(update(EmbeddingSpace).values(is_active=EmbeddingSpace.id == space_id))


async def settle(session: WriteSession, space_id: int) -> None:
    """Have this transaction store what was found in a space only if that is the library's own until the end.

    The first space a library is analysed in becomes its own, unless one was chosen before. Raises
    PackChanged if another is; whoever chooses one meanwhile waits for this transaction, and sees its photos.
    """
    active = await session.scalar(queries.hold_active_space())
    if active is None:
        await serialise(session, _TURN)
        active = await session.scalar(queries.hold_active_space())
    if active is None:
        await activate(session, space_id)
    elif active != space_id:
        raise PackChanged


class Door:
    """Lets calls in until it is closed; those inside can be waited for."""

    def __init__(self) -> None:
        self._inside = 0
        self._is_closed = False
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    @contextmanager
    def inside(self) -> Generator[None]:
        """Raises PackChanged when closed."""
        if self._is_closed:
            raise PackChanged
        self._inside += 1
        self._is_empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._is_empty.set()

    def close(self) -> None:
        self._is_closed = True

    async def wait_until_empty(self) -> None:
        await self._is_empty.wait()


@dataclass(frozen=True, slots=True)
class Recognition:
    """Everything a face needs to be found: synchronous parts, run off the event loop in bounded slots.

    Networks run on `offload`; searching, grouping and keeping the index up to date on `compute`. Once it is
    closed, because another pack is in use, whatever needs the index raises PackChanged.
    """

    engine: FaceEngine
    space_id: int
    index: VectorIndex
    db: Database
    offload: Offload
    compute: Offload
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    door: Door = field(default_factory=Door)

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
        async with self._up_to_date():
            return await self.compute.run(self.index.search, queries, scope, top, min_cosine)

    async def search_persons(
        self, queries: Float32, scope: Scope, top: int, min_cosine: float = -1.0
    ) -> list[Neighbours]:
        """The nearest persons by their best face, as of the last commit."""
        async with self._up_to_date():
            return await self.compute.run(self.index.search_persons, queries, scope, top, min_cosine)

    async def within(self, queries: Float32, scope: Scope, min_cosine: float) -> list[Neighbours]:
        """Every face at least that near, as of the last commit."""
        async with self._up_to_date():
            return await self.compute.run(self.index.within, queries, scope, min_cosine)

    async def catch_up(self) -> None:
        """Bring the index to the last committed change; from nothing if it is new or was lost."""
        async with self._up_to_date():
            pass

    async def forget_gone(self) -> int:
        """Bring the index to the last change as above; by how many faces it has become smaller."""
        before = await self.compute.run(len, self.index)
        await self.catch_up()
        return max(0, before - await self.compute.run(len, self.index))

    async def rebuild(self) -> int:
        """Forget the index and read it from the database again; the number of faces in it."""
        with self.door.inside():
            async with self.lock:
                await self.compute.run(self.index.clear)
                await self._follow()
            await self.compute.run(self.index.persist)
            return await self.compute.run(len, self.index)

    async def close(self) -> None:
        """Keep the index for the next start and let go of it, after the calls that are under way."""
        self.door.close()
        await self.door.wait_until_empty()
        with suppress(Unavailable):  # the index is derived; the next start reads the database
            await asyncio.to_thread(self.index.persist)
        await asyncio.to_thread(self.index.close)

    @asynccontextmanager
    async def _up_to_date(self) -> AsyncGenerator[None]:
        with self.door.inside():
            async with self.lock:
                await self._follow()
            yield

    async def _follow(self) -> None:
        # Asked before the session begins, which then sees all that others had put into a shared index.
        position = await self.compute.run(_position, self.index)
        async with self.db.follow() as session:
            if position and await session.scalar(queries.change(position)) is None:
                # The database was restored or is another one: nothing in the index can be trusted.
                await self.compute.run(self.index.clear)
                position = 0
            if not position:
                position = await self._fill(session)
            while changes := (await session.execute(queries.changes_after(position, _CHUNK))).all():
                changed = sorted({face_id for _, face_id in changes})
                rows = (await session.execute(queries.index_entries_of(self.space_id, changed))).all()
                entries = _entries(rows, self.index.dimension)
                gone = sorted(set(changed).difference(entries.face_ids.tolist()))
                position = changes[-1][0]
                await self._apply(entries, gone, position)

    async def _fill(self, session: ReadSession) -> int:
        """Read all faces into an empty index; the change it has come to."""
        last = await session.scalar(queries.last_change()) or 0
        if last:
            after = 0
            while rows := (
                await session.execute(queries.index_entries_after(self.space_id, after, _CHUNK))
            ).all():
                after = rows[-1][0]
                await self._apply(_entries(rows, self.index.dimension), (), 0)
            await self._apply(empty_entries(self.index.dimension), (), last)
        return last

    async def _apply(self, entries: Entries, gone: Sequence[int], position: int) -> None:
        removed = np.array(gone, dtype=np.int64)
        await self.compute.run(self.index.apply, entries, removed, position)


def _position(index: VectorIndex) -> int:
    """Asked off the event loop: a shared index has to look it up."""
    return index.position


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
