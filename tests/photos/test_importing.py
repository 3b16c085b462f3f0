"""Importing folders, on both databases: what is new, what is known, and what is wrong."""

import asyncio
import json
import os
import socket
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image
from sqlalchemy import delete, select, update

from kith.accounts.principal import Principal
from kith.engine.image import ImageLimits
from kith.jobs.tables import Job
from kith.kit.blobs import Blobs
from kith.kit.db import Database
from kith.photos.errors import FileMissing
from kith.photos.folders import read_dated_file
from kith.photos.importing import Importer, ImportReport
from kith.photos.service import PASSING
from kith.photos.tables import File, Photo, PhotoState, Storage
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

    async def fail(self, code: str, state: PhotoState) -> None:
        """As the analysis of every photo would have left it; nothing is queued any more."""
        async with self.db.write() as session:
            await session.execute(update(Photo).values(state=state, error_code=code, error_detail="why"))
            await session.execute(delete(Job))


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


class TestFailedBefore:
    """A disk that was away, say: once it is back, importing the same folder heals what failed."""

    @pytest.mark.parametrize("code", sorted(PASSING))
    async def test_is_tried_again_though_the_file_is_unchanged(
        self, library: Library, folder: Path, code: str
    ) -> None:
        picture(folder / "a.png")
        await library.take(folder)
        await library.fail(code, PhotoState.FAILED)
        report = await library.take(folder)
        assert (report.duplicates, report.faults) == (1, [])
        (photo,) = await library.rows(Photo)
        assert (photo.state, photo.error_code, photo.error_detail) == (PhotoState.PENDING, None, None)
        assert [job.payload["photo_id"] for job in await library.rows(Job)] == [photo.id]

    async def test_an_earlier_analysis_stands_meanwhile(self, library: Library, folder: Path) -> None:
        """Analysed with one pack, away when another was to look at it."""
        picture(folder / "a.png")
        await library.take(folder)
        await library.fail("file_missing", PhotoState.ANALYSED)
        await library.take(folder)
        (photo,) = await library.rows(Photo)
        assert (photo.state, photo.error_code) == (PhotoState.ANALYSED, None)
        assert len(await library.rows(Job)) == 1

    async def test_for_good_is_not_tried_again(self, library: Library, folder: Path) -> None:
        picture(folder / "a.png")
        await library.take(folder)
        await library.fail("image_corrupt", PhotoState.FAILED)
        await library.take(folder)
        await library.take(folder, copy=True)
        (photo,) = await library.rows(Photo)
        assert (photo.state, photo.error_code) == (PhotoState.FAILED, "image_corrupt")
        assert await library.rows(Job) == []

    async def test_is_queued_once(self, library: Library, folder: Path) -> None:
        (folder / "copy.png").write_bytes(picture(folder / "a.png").read_bytes())
        await library.take(folder)
        await library.fail("file_missing", PhotoState.FAILED)
        for _ in range(2):
            assert (await library.take(folder)).duplicates == 2
        assert len(await library.rows(Job)) == 1


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

    async def test_no_file_keeps_the_others_from_being_imported(self, library: Library, folder: Path) -> None:
        picture(folder / "a.png", 1)
        (folder / "loop.png").symlink_to("loop.png")
        (folder / "gone.png").symlink_to("nowhere.png")
        os.mkfifo(folder / "pipe.png")
        picture(folder / "z.png", 2)
        report = await library.take(folder)
        assert [(Path(fault.path).name, fault.code) for fault in report.faults] == [
            ("loop.png", "file_unreadable")
        ]
        assert len(report.added_ids) == 2

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("loop", "file_unreadable"),
            ("pipe", "file_unreadable"),
            ("socket", "file_unreadable"),
            ("/dev/zero", "file_unreadable"),
            ("n" * 300, "file_unreadable"),
            ("a.png/b.png", "file_missing"),
            ("a\0b.png", "file_name_invalid"),
            ("\ud800.png", "file_name_invalid"),
        ],
    )
    async def test_a_path_that_is_no_file(self, library: Library, folder: Path, name: str, code: str) -> None:
        good = picture(folder / "a.png")
        (folder / "loop").symlink_to("loop")
        os.mkfifo(folder / "pipe")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(folder / "socket"))
            report = await asyncio.wait_for(library.take(folder / name, good), 30)
        assert [fault.code for fault in report.faults] == [code]
        assert len(report.added_ids) == 1
        json.dumps([(fault.path, fault.message) for fault in report.faults], ensure_ascii=False).encode()

    async def test_a_folder_whose_name_is_not_text(self, library: Library, folder: Path) -> None:
        """Its files cannot be kept by name; what is said of them can be written to any screen."""
        picture(folder / "deep" / "a.png")
        strange = Path(os.fsdecode(os.fsencode(folder) + b"/\xff"))
        (folder / "deep").rename(strange)
        (strange / "loop.png").symlink_to("loop.png")
        report = await library.take(folder)
        assert [fault.code for fault in report.faults] == ["file_name_invalid", "file_unreadable"]
        for fault in report.faults:
            (fault.path + fault.message).encode()

    async def test_folders_nested_deeper_than_calls_may_be(self, library: Library, folder: Path) -> None:
        folders = [folder / "/".join("d" * depth) for depth in range(1, 1200)]
        for deeper in folders:
            deeper.mkdir()
        path = picture(folder / "a.png").rename(folders[-1] / "a.png")
        try:
            assert len((await library.take(folder)).added_ids) == 1
        finally:  # pytest could not: it removes folders by recursion
            path.unlink()
            for deeper in reversed(folders):
                deeper.rmdir()


class TestReadDatedFile:
    def test_the_time_is_that_of_the_content(self, folder: Path) -> None:
        path = folder / "a"
        path.write_bytes(b"content")
        os.utime(path, ns=(1, 1_234_567_891))
        assert read_dated_file(path, 100) == (b"content", 1_234_567_891)

    def test_a_file_that_is_written_to_and_moved_away_meanwhile(self, tmp_path: Path) -> None:
        """Whatever moment the writer hits: never old content under a new time, never an error not ours."""
        path = tmp_path / "a"
        versions: dict[int, bytes] = {}
        ended = threading.Event()

        def write() -> None:
            number = 0
            while not ended.is_set():
                number += 1
                fresh = tmp_path / "fresh"
                fresh.write_bytes(versions.setdefault(number, b"%06d" % number))
                os.utime(fresh, ns=(number, number))
                fresh.rename(path)
                if number % 3 == 0:
                    path.unlink()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(2000):
                try:
                    data, modified_ns = read_dated_file(path, 100)
                except FileMissing:
                    continue
                assert data == versions[modified_ns]
        finally:
            ended.set()
            writer.join()
