"""Several processes over one library: the pack in use changes under them, and they do one photo twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from kith.accounts.principal import Principal
from kith.accounts.tables import Tenant
from kith.engine.errors import EmbeddingSpaceMismatch, EngineNotReady
from kith.errors import AppError
from kith.faces import queries
from kith.faces.errors import PackChanged
from kith.faces.service import Analysis, Faces
from kith.faces.tables import Embedding, EmbeddingSpace, Face, FaceState
from kith.faces.tasks import AnalyseConfig, AnalysePhotos
from kith.galleries.tables import LIBRARY, Gallery
from kith.index.base import Scope
from kith.jobs.tables import Job
from kith.people.service import People
from kith.photos.service import Photos, get_photo
from kith.photos.tables import Photo, PhotoState
from kith.runtime import Runtime, open_runtime
from kith.settings import Settings
from tests.support.people import found_faces
from tests.support.tiny_library import import_pictures, install_tiny, picture, tiny_settings, until_waiting

ADA = Principal()
PICTURES = (picture((20, 20)), picture((10, 10), (30, 30), shade=30))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """A library with two packs to choose from; on SQLite and on PostgreSQL."""
    return tiny_settings(tmp_path / "data", "first", "second", url=database_url)


@asynccontextmanager
async def two_processes(settings: Settings) -> AsyncIterator[tuple[Runtime, Runtime]]:
    """A server with the pack `first` and two photos it has seen, and a command beside it."""
    async with open_runtime(settings) as server, open_runtime(settings) as command:
        await server.use_pack("first")
        await import_pictures(server, settings.data / "photos", *PICTURES)
        await server.runner().drain(1)
        yield server, command


async def pack_of(runtime: Runtime) -> str:
    return (await runtime.recognition()).engine.space.pack


async def embedded_in(runtime: Runtime) -> dict[str, int]:
    """How many faces have an embedding, by pack."""
    stmt = select(EmbeddingSpace.pack, func.count(Embedding.face_id)).join(
        Embedding, Embedding.space_id == EmbeddingSpace.id
    )
    async with runtime.db.read() as session:
        rows = await session.execute(stmt.group_by(EmbeddingSpace.pack))
        return {row[0]: row[1] for row in rows}


async def jobs(runtime: Runtime) -> list[Job]:
    async with runtime.db.read() as session:
        return list(await session.scalars(select(Job).order_by(Job.id)))


class TestAnotherPack:
    async def test_is_followed_by_running_processes(self, settings: Settings) -> None:
        async with two_processes(settings) as (server, command):
            assert await pack_of(server) == "first"
            assert await command.use_pack("second") == 2
            await server.runner().drain(1)
            assert await pack_of(server) == "second"
            assert await embedded_in(server) == {"first": 3, "second": 3}

    async def test_is_searched_by_running_processes(self, settings: Settings) -> None:
        async with two_processes(settings) as (server, command):
            await command.use_pack("second")
            recognition = await server.recognition()
            async with server.db.read() as session:
                vector = (await session.scalars(select(Embedding.vector))).first()
            assert vector is not None
            (none,) = await recognition.search(vector[None], Scope(1), 5)
            await server.runner().drain(1)
            (found,) = await recognition.search(vector[None], Scope(1), 5)
            assert (len(none), len(found)) == (0, 3)

    async def test_is_opened_once_by_all_who_ask(self, settings: Settings) -> None:
        async with two_processes(settings) as (server, command):
            await command.use_pack("second")
            first, *others = await asyncio.gather(*(server.recognition() for _ in range(5)))
            assert first.engine.space.pack == "second"
            assert all(other is first for other in others)

    async def test_leaves_nothing_behind_of_work_under_way(self, settings: Settings) -> None:
        """What the pack before has found is not stored; the job waits for the one in use."""
        async with two_processes(settings) as (server, command):
            before = await server.recognition()
            await command.use_pack("second")

            async def still_open():
                return before

            handler = AnalysePhotos(
                server.db, server.blobs, server.clock, sources=server.sources, recognition=still_open,
                decoding=server.working, config=AnalyseConfig(2, 2560, server.limits),
            )  # fmt: skip
            waiting = await jobs(server)
            with pytest.raises(PackChanged):
                await handler.run(waiting, "nobody")
            assert [job.id for job in await jobs(server)] == [job.id for job in waiting]
            assert await embedded_in(server) == {"first": 3}

    async def test_refuses_the_index_of_the_one_before(self, settings: Settings) -> None:
        async with two_processes(settings) as (server, command):
            before = await server.recognition()
            await command.use_pack("second")
            await server.recognition()
            with pytest.raises(PackChanged):
                await before.catch_up()

    async def test_is_taken_back(self, settings: Settings) -> None:
        async with two_processes(settings) as (server, command):
            await command.use_pack("second")
            assert await pack_of(server) == "second"
            await command.use_pack("first")
            assert await pack_of(server) == "first"

    async def test_queues_the_photos_of_all_tenants(self, settings: Settings) -> None:
        async with two_processes(settings) as (server, command):
            now = datetime.now(UTC)
            async with server.db.write() as session:
                session.add(Tenant(id=2, slug="second", created_at=now))
                await session.flush()
                session.add(Gallery(tenant_id=2, slug=LIBRARY, title="Library", created_at=now))
            folder = settings.data / "photos"
            await server.importer(Principal(2)).run([folder], copy=False, progress=lambda _: None)
            await server.runner().drain(2)
            assert await command.use_pack("second") == 4
            assert [job.tenant_id for job in await jobs(server)] == [1, 1, 2, 2]

    async def test_that_does_not_open_changes_nothing(self, settings: Settings) -> None:
        async with two_processes(settings) as (server, command):
            (settings.packs_folder / "second" / "tiny_embedder.onnx").write_bytes(b"no network")
            with pytest.raises(AppError, match="changed since"):
                await command.use_pack("second")
            assert (await pack_of(server), await jobs(server)) == ("first", [])


class TestNoPack:
    async def test_is_no_photo_s_fault(self, database_url: str, tmp_path: Path) -> None:
        """A worker that lacks the pack in use fails no job; another may have it, or this one tomorrow."""
        settings = tiny_settings(tmp_path / "data", url=database_url)
        async with open_runtime(settings) as runtime:
            await import_pictures(runtime, tmp_path / "photos", *PICTURES)
            settings = settings.model_copy(
                update={"engine": settings.engine.model_copy(update={"pack": "late"})}
            )
        async with open_runtime(settings) as runtime:
            with pytest.raises(EngineNotReady, match="late"):
                await runtime.runner().drain(1)
            assert [job.attempts for job in await jobs(runtime)] == [0, 0]
            install_tiny(settings, "late")
            assert await pack_of(runtime) == "late"

    async def test_but_the_one_set_is_a_conflict(self, settings: Settings) -> None:
        engine = settings.engine.model_copy(update={"pack": "first"})
        async with two_processes(settings.model_copy(update={"engine": engine})) as (server, command):
            await command.use_pack("second")
            with pytest.raises(EmbeddingSpaceMismatch):
                await server.recognition()


class TestOnePhotoTwice:
    async def test_at_the_same_time_has_its_faces_once(self, settings: Settings) -> None:
        """Both analyses find the photo without a face before either has stored one."""
        async with open_runtime(settings) as runtime:
            await runtime.use_pack("first")
            report = await import_pictures(runtime, settings.data / "photos", PICTURES[1])
            (photo_id,) = report.added_ids
            async with runtime.db.write() as session:
                await Photos(session, ADA, runtime.clock).analyse([photo_id])
            async with runtime.db.write() as session:
                await session.execute(select(Photo).with_for_update())
                working = asyncio.create_task(runtime.runner().drain(1))
                await until_waiting(runtime.db, 2)
            await working
            async with runtime.db.read() as session:
                assert len((await session.scalars(queries.faces_of_photos([photo_id]))).all()) == 2
                assert (await get_photo(session, ADA, photo_id)).state == PhotoState.ANALYSED

    async def test_keeps_what_a_human_says_meanwhile(self, settings: Settings) -> None:
        """The detector does not see the face any more; the human names it before the analysis is stored."""
        async with open_runtime(settings) as runtime:
            await runtime.use_pack("first")
            report = await import_pictures(runtime, settings.data / "photos", picture())
            await runtime.runner().drain(1)
            face_id = await self._face_nobody_sees(runtime, *report.added_ids)
            async with runtime.db.write() as session:
                await Photos(session, ADA, runtime.clock).analyse(sorted(report.added_ids))
            async with runtime.db.write() as session:
                await People(session, ADA, runtime.clock).assign([face_id], name="Ada")
                await session.flush()
                working = asyncio.create_task(runtime.runner().drain(1))
                await until_waiting(runtime.db, 1)
            await working
            async with runtime.db.read() as session:
                assert (await session.get_one(Face, face_id)).state == FaceState.CONFIRMED

    async def _face_nobody_sees(self, runtime: Runtime, photo_id: int) -> int:
        space_id = (await runtime.recognition()).space_id
        async with runtime.db.write() as session:
            photo = await get_photo(session, ADA, photo_id)
            found = found_faces(np.eye(6, dtype=np.float32)[:1])
            await Faces(session, ADA, runtime.clock).record([Analysis(photo, [], found)], space_id)
            (face,) = await session.scalars(queries.faces_of_photos([photo_id]))
            return face.id
