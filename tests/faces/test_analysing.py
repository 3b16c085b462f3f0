"""What an analysis derives of a photo: kept with it, made anew on demand, waited for if it has no place."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from kith.accounts.principal import Principal
from kith.engine.image import decode, derive
from kith.jobs.tables import Job, JobState
from kith.kit.errors import StorageUnavailable
from kith.photos.derived import thumbnail_name
from kith.photos.service import Photos
from kith.photos.tables import Photo, PhotoState
from kith.runtime import Runtime, open_runtime
from tests.support.clock import ManualClock
from tests.support.image_files import image_file, scenery
from tests.support.tiny_library import import_pictures, picture, tiny_settings

LARGE, SMALL = picture((20, 20)), image_file("PNG", scenery(200, 100))


@pytest_asyncio.fixture
async def runtime(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Runtime]:
    """A library with a tiny pack; on SQLite and on PostgreSQL."""
    settings = tiny_settings(tmp_path / "data", "tiny", url=database_url)
    async with open_runtime(settings, clock=clock) as runtime:
        yield runtime


async def take(runtime: Runtime, *pictures: bytes) -> list[Photo]:
    """Import pictures, analyse them and say what became of them."""
    await import_pictures(runtime, runtime.settings.data / "photos", *pictures)
    await runtime.runner().drain(1)
    return await photos(runtime)


async def photos(runtime: Runtime) -> list[Photo]:
    async with runtime.db.read() as session:
        return list(await session.scalars(select(Photo).order_by(Photo.id)))


async def analyse_again(runtime: Runtime) -> list[Photo]:
    async with runtime.db.write() as session:
        ids = [photo.id for photo in await photos(runtime)]
        await Photos(session, Principal(), runtime.clock).analyse(ids)
    await runtime.runner().drain(1)
    return await photos(runtime)


class TestDerived:
    async def test_is_kept_with_the_photo(self, runtime: Runtime) -> None:
        (photo,) = await take(runtime, LARGE)
        derived = derive(decode(LARGE))
        assert photo.phash == derived.phash
        assert await runtime.blobs.get(thumbnail_name(photo.sha256)) == derived.thumbnail

    async def test_a_picture_that_cannot_be_decoded_has_none(self, runtime: Runtime) -> None:
        cut = LARGE[: len(LARGE) // 2]
        broken, sound = await take(runtime, cut, SMALL)
        assert (broken.state, broken.phash) == (PhotoState.FAILED, None)
        assert not await runtime.blobs.exists(thumbnail_name(broken.sha256))
        assert (sound.state, sound.phash is None) == (PhotoState.ANALYSED, False)


class TestAgain:
    async def test_photos_from_before_there_were_any_get_theirs(self, runtime: Runtime) -> None:
        (photo,) = await take(runtime, LARGE)
        async with runtime.db.write() as session:
            await session.execute(update(Photo).values(phash=None))
        await runtime.blobs.delete(thumbnail_name(photo.sha256))
        (after,) = await analyse_again(runtime)
        assert after.phash == photo.phash
        assert await runtime.blobs.exists(thumbnail_name(photo.sha256))

    async def test_a_picture_that_is_broken_by_now_keeps_its_own(self, runtime: Runtime) -> None:
        (photo,) = await take(runtime, LARGE)
        (runtime.settings.data / "photos" / "0.png").write_bytes(b"no picture any more")
        (after,) = await analyse_again(runtime)
        assert (after.error_code, after.phash) == ("file_missing", photo.phash)


class TestNoPlace:
    async def test_the_job_waits_and_nothing_is_lost(self, runtime: Runtime, clock: ManualClock) -> None:
        in_the_way = runtime.settings.data / "blobs" / "derived"
        in_the_way.write_text("in the way")
        with pytest.raises(StorageUnavailable):
            await take(runtime, LARGE)
        (photo,) = await photos(runtime)
        async with runtime.db.read() as session:
            (job,) = await session.scalars(select(Job))
        assert (photo.state, photo.phash) == (PhotoState.PENDING, None)
        assert (job.state, job.attempts) == (JobState.QUEUED, 0)
        in_the_way.unlink()
        clock.advance(60)
        await runtime.runner().drain(1)
        (photo,) = await photos(runtime)
        assert (photo.state, photo.error_code) == (PhotoState.ANALYSED, None)
        assert await runtime.blobs.exists(thumbnail_name(photo.sha256))
