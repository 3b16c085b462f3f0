"""Importing folders, on both databases: what is new, what is known, and what is wrong."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image
from sqlalchemy import select

from kith.accounts.principal import Principal
from kith.engine.image import ImageLimits
from kith.jobs.tables import Job
from kith.kit.blobs import Blobs
from kith.kit.db import Database
from kith.photos.importing import Importer, ImportReport
from kith.photos.tables import File, Photo, Storage
from tests.support.clock import ManualClock


class Library:
    """An importer over a database, and what it left there."""

    def __init__(self, db: Database, blobs: Blobs, clock: ManualClock) -> None:
        self.db = db
        self.blobs = blobs
        self.clock = clock

    async def take(self, *roots: Path, copy: bool = False, limits: ImageLimits | None = None) -> ImportReport:
        importer = Importer(self.db, self.blobs, self.clock, Principal(), limits or ImageLimits())
        return await importer.run(roots, copy=copy, progress=lambda _: None)

    async def rows(self, table: type) -> list:
        async with self.db.read() as session:
            return list(await session.scalars(select(table).order_by(table.id)))


@pytest_asyncio.fixture
async def library(database: Database, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Library]:
    yield Library(database, Blobs.open(tmp_path / "blobs"), clock)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


def picture(path: Path, seed: int = 0, size: tuple[int, int] = (40, 30)) -> Path:
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


class TestInPlace:
    async def test_registers_and_queues(self, library: Library, folder: Path) -> None:
        picture(folder / "b.png", 1)
        picture(folder / "deep" / "er" / "a.jpg", 2)
        report = await library.take(folder)
        assert (report.seen, len(report.added_ids), report.duplicates, report.faults) == (2, 2, 0, [])
        photos = await library.rows(Photo)
        assert [(it.original_name, it.width_px, it.height_px) for it in photos] == [
            ("b.png", 40, 30),
            ("a.jpg", 40, 30),
        ]
        assert [job.payload["photo_id"] for job in await library.rows(Job)] == [it.id for it in photos]

    async def test_again_changes_nothing(self, library: Library, folder: Path) -> None:
        picture(folder / "a.png")
        await library.take(folder)
        report = await library.take(folder)
        assert (report.seen, len(report.added_ids), report.duplicates) == (1, 0, 1)
        assert (
            len(await library.rows(Photo))
            == len(await library.rows(File))
            == len(await library.rows(Job))
            == 1
        )

    async def test_a_moved_file_is_the_same_photo(self, library: Library, folder: Path) -> None:
        path = picture(folder / "a.png")
        await library.take(folder)
        path.rename(folder / "b.png")
        report = await library.take(folder)
        assert report.duplicates == 1
        assert len(await library.rows(Photo)) == 1
        assert str(folder / "b.png") in {file.location for file in await library.rows(File)}

    async def test_the_same_picture_twice_is_said_not_stored(self, library: Library, folder: Path) -> None:
        path = picture(folder / "a.png")
        (folder / "copy.png").write_bytes(path.read_bytes())
        report = await library.take(folder)
        assert (len(report.added_ids), report.duplicates) == (1, 1)
        assert len(await library.rows(Photo)) == 1

    async def test_a_file_with_new_content_is_another_photo(self, library: Library, folder: Path) -> None:
        path = picture(folder / "a.png", 1)
        await library.take(folder)
        picture(path, 2)
        os.utime(path, ns=(1, 1))
        report = await library.take(folder)
        assert len(report.added_ids) == 1
        assert len(await library.rows(Photo)) == 2
        (file,) = await library.rows(File)
        assert {file.photo_id} == report.added_ids

    async def test_two_folders_and_a_file(self, library: Library, folder: Path, tmp_path: Path) -> None:
        picture(folder / "a.png", 1)
        other = picture(tmp_path / "other" / "b.png", 2)
        report = await library.take(folder, other)
        assert len(report.added_ids) == 2


class TestCopied:
    async def test_bytes_are_in_the_blob_store(self, library: Library, folder: Path) -> None:
        path = picture(folder / "a.png")
        data = path.read_bytes()
        await library.take(folder, copy=True)
        path.unlink()
        (file,) = await library.rows(File)
        assert file.storage == Storage.BLOB
        assert await library.blobs.get(file.location) == data

    async def test_a_photo_in_place_may_be_copied_later(self, library: Library, folder: Path) -> None:
        picture(folder / "a.png")
        await library.take(folder)
        report = await library.take(folder, copy=True)
        assert report.duplicates == 1
        assert {file.storage for file in await library.rows(File)} == {Storage.BLOB, Storage.FOLDER}


class TestWhatIsWrong:
    async def test_each_file_says_what(self, library: Library, folder: Path) -> None:
        (folder / "empty.jpg").write_bytes(b"")
        (folder / "text.jpg").write_text("this is no picture")
        (folder / "cut.png").write_bytes(picture(folder / "whole.png").read_bytes()[:40])
        picture(folder / "wide.png", size=(3000, 1))
        report = await library.take(folder, limits=ImageLimits(max_side_px=2000))
        assert {Path(fault.path).name: fault.code for fault in report.faults} == {
            "empty.jpg": "image_empty",
            "text.jpg": "image_unsupported",
            "cut.png": "image_corrupt",
            "wide.png": "image_too_large",
        }
        assert (report.seen, len(report.added_ids)) == (5, 1)

    async def test_a_file_larger_than_the_limit(self, library: Library, folder: Path) -> None:
        path = picture(folder / "a.png")
        limit = path.stat().st_size
        assert len((await library.take(folder, limits=ImageLimits(max_bytes=limit - 1))).faults) == 1
        assert (await library.take(folder, limits=ImageLimits(max_bytes=limit))).faults == []

    async def test_a_path_that_does_not_exist(self, library: Library, folder: Path) -> None:
        report = await library.take(folder / "nowhere")
        assert [(fault.code, report.seen) for fault in report.faults] == [("file_missing", 1)]

    async def test_a_name_that_is_not_text(self, library: Library, folder: Path) -> None:
        picture(folder / "a.png").rename(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.png"))
        report = await library.take(folder)
        assert [fault.code for fault in report.faults] == ["file_name_invalid"]

    async def test_sidecars_and_hidden_files_are_passed_over(self, library: Library, folder: Path) -> None:
        for name in (".DS_Store", "a.xmp", "a.JSON", "Thumbs.db"):
            (folder / name).write_bytes(b"x")
        assert (await library.take(folder)).seen == 0

    async def test_but_read_when_named(self, library: Library, folder: Path) -> None:
        (folder / "a.xmp").write_bytes(b"<x/>")
        assert [fault.code for fault in (await library.take(folder / "a.xmp")).faults] == [
            "image_unsupported"
        ]

    async def test_a_folder_that_links_to_itself_ends(self, library: Library, folder: Path) -> None:
        picture(folder / "a.png")
        (folder / "loop").symlink_to(folder)
        assert (await library.take(folder)).seen == 1

    async def test_an_empty_folder(self, library: Library, folder: Path) -> None:
        assert (await library.take(folder)).seen == 0
