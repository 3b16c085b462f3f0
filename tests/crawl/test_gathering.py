"""Of the pictures of a crawl what is new goes into batches, and from there into the library."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image
from sqlalchemy import select

from kith.accounts.principal import Principal
from kith.background import gatherer
from kith.batches.service import list_batches
from kith.batches.tables import BatchState
from kith.crawl.errors import CrawlerFailed
from kith.crawl.gathering import Gathered, Gathering
from kith.crawl.service import Ended, Picture
from kith.kit.pages import Page
from kith.photos.tables import Photo, PhotoOrigin
from kith.runtime import Runtime, open_runtime
from kith.tenants.service import Quotas, Tenants
from tests.support.tiny_library import import_pictures, picture, tiny_settings

OWNER = Principal()
SITE = "https://photos.example.org/"
ENDED = Ended(3, 0, 0)


@pytest_asyncio.fixture
async def runtime(database_url: str, tmp_path: Path) -> AsyncIterator[Runtime]:
    async with open_runtime(tiny_settings(tmp_path / "data", "tiny", url=database_url)) as runtime:
        await runtime.use_pack("tiny")
        yield runtime


async def gather(
    runtime: Runtime, *datas: bytes, near: int = 0, breaks_off: bool = False, who: Principal = OWNER
) -> Gathered:
    gathering = Gathering(
        runtime.db, runtime.blobs, runtime.clock, who, decoding=runtime.decoding, limits=runtime.limits,
        near_bits=near,
    )  # fmt: skip

    async def pictures() -> AsyncIterator[Picture | Ended]:
        for at, data in enumerate(datas):
            yield Picture(f"{SITE}{at}.png", SITE, data)
        if breaks_off:
            raise CrawlerFailed
        yield ENDED

    try:
        return await gathering.take(SITE, pictures(), lambda _: None)
    except CrawlerFailed:
        return gathering.done


async def photos(runtime: Runtime) -> list[tuple[str, str | None, str | None]]:
    """Digest, address and site of the photos, when all batches are done."""
    await gatherer(runtime).drain(1)
    async with runtime.db.read() as session:
        rows = await session.execute(
            select(Photo.sha256, PhotoOrigin.url, PhotoOrigin.site).join(PhotoOrigin, isouter=True)
        )
        return [(sha256, url, site) for sha256, url, site in rows]


def smaller(data: bytes) -> bytes:
    """The same picture in another size, as sites have them."""
    held = io.BytesIO()
    Image.open(io.BytesIO(data)).resize((320, 320)).save(held, "PNG")
    return held.getvalue()


def noise(seed: int) -> bytes:
    """A picture like no other."""
    cells = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    held = io.BytesIO()
    Image.fromarray(cells).resize((64, 64), Image.Resampling.NEAREST).save(held, "PNG")
    return held.getvalue()


class TestGathering:
    async def test_brings_what_is_new_into_the_library(self, runtime: Runtime, tmp_path: Path) -> None:
        await import_pictures(runtime, tmp_path / "a", picture((1, 1)))
        done = await gather(
            runtime, picture((1, 1)), picture((9, 30)), picture((9, 30)), b"<html>", picture()
        )
        assert (done.pictures, done.known, done.unreadable, done.submitted) == (5, 2, 1, 2)
        assert done.ended == ENDED
        async with runtime.db.read() as session:
            (report,), count = await list_batches(session, OWNER, Page())
        assert (count, report.batch.uuid.hex, report.batch.notes) == (1, done.batches[0], {"crawl": SITE})
        found = await photos(runtime)
        assert {url for _, url, _ in found} == {None, f"{SITE}1.png", f"{SITE}4.png"}
        assert {site for _, url, site in found if url} == {"photos.example.org"}
        assert {site for _, url, site in found if not url} == {None}
        async with runtime.db.read() as session:
            (report,), _ = await list_batches(session, OWNER, Page())
        assert report.batch.state == BatchState.COMPLETED

    async def test_again_brings_nothing(self, runtime: Runtime) -> None:
        await gather(runtime, picture((1, 1)), picture((9, 30)))
        before = await photos(runtime)
        again = await gather(runtime, picture((1, 1)), picture((9, 30)))
        assert (again.known, again.submitted, again.batches) == (2, 0, [])
        assert await photos(runtime) == before

    async def test_leaves_out_what_looks_alike(self, runtime: Runtime) -> None:
        data = picture((1, 1), (9, 30), (20, 4))
        assert (await gather(runtime, data, smaller(data), near=4)).alike == 1
        await photos(runtime)
        of_the_library = await gather(runtime, smaller(data), near=4)
        assert (of_the_library.alike, of_the_library.submitted) == (1, 0)

    async def test_hands_in_what_came_before_it_broke_off(self, runtime: Runtime) -> None:
        done = await gather(runtime, picture((1, 1)), breaks_off=True)
        assert (done.submitted, done.ended) == (1, None)
        assert len(await photos(runtime)) == 1

    async def test_in_batches_of_a_size(self, runtime: Runtime) -> None:
        done = await gather(runtime, *(noise(seed) for seed in range(60)))
        assert (done.submitted, len(done.batches)) == (60, 2)

    async def test_other_tenants_do_not_count(self, runtime: Runtime) -> None:
        await gather(runtime, picture((1, 1)))
        await photos(runtime)
        async with runtime.db.write() as session:
            made = await Tenants(session, OWNER, runtime.clock).create("other", Quotas())
        assert (await gather(runtime, picture((1, 1)), who=Principal(made.id))).submitted == 1


@pytest.mark.parametrize("bits", [0, 4])
async def test_nothing_found(runtime: Runtime, bits: int) -> None:
    done = await gather(runtime, near=bits)
    assert (done.pictures, done.submitted, done.batches) == (0, 0, [])
