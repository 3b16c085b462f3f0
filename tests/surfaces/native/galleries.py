"""Galleries that are shared, for tests of the native surface: libraries, and what is done to them."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from kith.app import create_app
from kith.background import gatherer
from kith.jobs.service import Jobs
from kith.runtime import open_runtime
from kith.setting_groups import SourceSettings
from kith.sharing.ending import ExpireGalleries
from kith.sharing.galleries import EXPIRE_GALLERY
from tests.support.client import connected
from tests.support.clock import ManualClock
from tests.support.library import library_settings, portrait
from tests.support.shared import shared_path
from tests.surfaces.conftest import NO_WORKER, Library

ROOT = "/api/kith"


async def opened(
    data: Path, packs: Path, url: str | None, clock: ManualClock, **groups: Any
) -> AsyncIterator[Library]:
    """A library whose sources are the shared photos, under a clock that stands still."""
    sources = SourceSettings(url=str(shared_path("data")))
    settings = library_settings(data, packs, url, worker=NO_WORKER, sources=sources, **groups)
    async with open_runtime(settings, clock=clock) as runtime, connected(create_app(settings, runtime)) as it:
        yield Library(it, runtime)


async def make(library: Library, title: str = "Wedding", **body: Any) -> int:
    answer = await library.client.post(f"{ROOT}/galleries", json={"title": title, **body})
    assert answer.status_code == 201, answer.text
    return answer.json()["gallery_id"]


async def read(library: Library, gallery: int) -> dict[str, Any]:
    return await library.get(f"{ROOT}/galleries/{gallery}")


async def send(library: Library, gallery: int, *pictures: tuple[str, bytes]) -> list[dict[str, Any]]:
    files = [("files", it) for it in pictures]
    answer = await library.client.post(f"{ROOT}/galleries/{gallery}/photos", files=files)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def upload(library: Library, name: str, data: bytes) -> int:
    """Into the library; the id of the photo."""
    begun = await library.client.post(f"{ROOT}/uploads", json={"name": name, "size_bytes": len(data)})
    path = f"{ROOT}/uploads/{begun.json()['upload_id']}"
    answer = await library.client.patch(path, content=data, headers={"upload-offset": "0"})
    return answer.json()["photo_id"]


async def copy(library: Library, gallery: int, photo_ids: Sequence[int]) -> list[dict[str, Any]]:
    answer = await library.client.post(
        f"{ROOT}/galleries/{gallery}/copies", json={"photo_ids": list(photo_ids)}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def filled(library: Library, *names: str, **body: Any) -> int:
    """A gallery with portraits that have been analysed."""
    gallery = await make(library, **body)
    await send(library, gallery, *((name, portrait(name)) for name in names))
    await library.work()
    return gallery


async def upkeep(library: Library) -> None:
    """Do what is due; what waits for its time goes on waiting."""
    runtime, expire = library.runtime, ExpireGalleries(library.runtime.ending)
    while True:
        async with runtime.db.write() as session:
            queue = Jobs(session, runtime.clock)
            jobs = await queue.claim("upkeep", {EXPIRE_GALLERY: 1}, timedelta(minutes=5))
        if not jobs:
            return
        await expire.run(jobs, "upkeep")


async def gather(library: Library) -> None:
    await gatherer(library.runtime).drain(1)
