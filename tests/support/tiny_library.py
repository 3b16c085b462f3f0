"""Libraries on tiny packs: real networks and all, in milliseconds and without any file from elsewhere."""

import asyncio
import io
from pathlib import Path

import numpy as np
from PIL import Image
from sqlalchemy import text

from kith.accounts.principal import Principal
from kith.engine.packs import PackStore
from kith.kit.db import Database
from kith.photos.importing import ImportReport
from kith.runtime import Runtime
from kith.setting_groups import WorkerSettings
from kith.settings import Settings
from tests.support.library import library_settings
from tests.support.packs import pack_toml, write_pack

# One photo at a time on each of the worker's lanes.
ONE_BY_ONE = WorkerSettings(embedded=False, batch=1)

_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def tiny_settings(data: Path, *packs: str, url: str | None = None) -> Settings:
    """Settings of a library in `data` with tiny packs of these names installed."""
    settings = library_settings(data, None, url, worker=ONE_BY_ONE)
    for pack in packs:
        install_tiny(settings, pack)
    return settings


def install_tiny(settings: Settings, pack: str) -> None:
    source = write_pack(settings.data / "sources" / pack, pack_toml(pack))
    PackStore(settings.packs_folder).install(str(source))


def picture(*cells: tuple[int, int], shade: int = 0) -> bytes:
    """A PNG of 640 x 640 px with a face at each of these cells (row, column) of 16 px."""
    pixels = np.full((640, 640, 3), shade, dtype=np.uint8)
    for row, column in cells:
        pixels[16 * row : 16 * row + 16, 16 * column : 16 * column + 16] = 255
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


async def import_pictures(runtime: Runtime, folder: Path, *pictures: bytes) -> ImportReport:
    """Put pictures in a folder and import it; their analysis is queued."""
    folder.mkdir(exist_ok=True)
    for number, data in enumerate(pictures):
        (folder / f"{number}.png").write_bytes(data)
    return await runtime.importer(Principal()).run([folder], copy=False, progress=lambda _: None)


async def until_waiting(db: Database, count: int) -> None:
    """Until so many transactions wait for a lock; on SQLite all writers do who are not the one at work."""
    async with asyncio.timeout(30):
        while not db.is_sqlite:
            async with db.read() as session:
                if (await session.scalar(_WAITING) or 0) >= count:
                    return
            await asyncio.sleep(0.02)
