"""Watching folders: told once at rest, nothing missed, nothing told that is no picture's."""

import asyncio
from pathlib import Path

import pytest

from kith.photos.errors import FolderUnreadable
from kith.photos.watching import Watcher

REST = 0.2


async def told(watcher: Watcher, count: int) -> set[Path]:
    """The next files the watcher tells of, at least so many."""
    found: set[Path] = set()
    async with asyncio.timeout(60):
        async for batch in watcher.batches():
            assert batch == sorted(batch)
            found |= set(batch)
            if len(found) >= count:
                return found
    raise AssertionError("the watcher ended")


class TestWatcher:
    async def test_new_and_changed_files(self, tmp_path: Path) -> None:
        (tmp_path / "old.jpg").write_text("was there before")
        async with Watcher([tmp_path], rest_seconds=REST) as watcher:
            (tmp_path / "new.jpg").write_text("new")
            assert await told(watcher, 1) == {tmp_path / "new.jpg"}
            (tmp_path / "old.jpg").write_text("changed")
            assert await told(watcher, 1) == {tmp_path / "old.jpg"}

    async def test_what_happens_before_anyone_asks_is_not_missed(self, tmp_path: Path) -> None:
        async with Watcher([tmp_path], rest_seconds=REST) as watcher:
            (tmp_path / "new.jpg").write_text("new")
            await asyncio.sleep(0.5)
            assert await told(watcher, 1) == {tmp_path / "new.jpg"}

    async def test_a_folder_that_is_moved_in_with_what_it_holds(self, tmp_path: Path) -> None:
        inside, outside = tmp_path / "inside", tmp_path / "outside"
        inside.mkdir()
        (outside / "deep").mkdir(parents=True)
        (outside / "a.jpg").write_text("a")
        (outside / "deep" / "b.jpg").write_text("b")
        async with Watcher([inside], rest_seconds=REST) as watcher:
            outside.rename(inside / "moved")
            assert await told(watcher, 2) == {
                inside / "moved" / "a.jpg", inside / "moved" / "deep" / "b.jpg",
            }  # fmt: skip

    async def test_a_file_is_not_told_of_while_it_grows(self, tmp_path: Path) -> None:
        path = tmp_path / "growing.jpg"

        async def grow() -> None:
            with path.open("ab", buffering=0) as stream:
                for _ in range(20):
                    stream.write(b"more")
                    await asyncio.sleep(0.1)

        async with Watcher([tmp_path], rest_seconds=1) as watcher:
            growing = asyncio.create_task(grow())
            assert await told(watcher, 1) == {path}
            assert growing.done()

    async def test_a_file_that_goes_again_is_not_told_of(self, tmp_path: Path) -> None:
        async with Watcher([tmp_path], rest_seconds=REST) as watcher:
            (tmp_path / "gone.jpg").write_text("gone")
            (tmp_path / "gone.jpg").unlink()
            (tmp_path / "here.jpg").write_text("here")
            assert await told(watcher, 1) == {tmp_path / "here.jpg"}

    async def test_hidden_files_sidecars_and_the_data_folder_do_not_count(self, tmp_path: Path) -> None:
        data = tmp_path / "data"
        data.mkdir()
        (tmp_path / ".hidden").mkdir()
        async with Watcher([tmp_path], skip=data, rest_seconds=REST) as watcher:
            for path in (data / "kith.db", tmp_path / ".hidden" / "a.jpg", tmp_path / "a.xmp"):
                path.write_text("no")
            (tmp_path / "a.jpg").write_text("yes")
            assert await told(watcher, 1) == {tmp_path / "a.jpg"}

    async def test_a_file_that_is_named_counts_whatever_its_name(self, tmp_path: Path) -> None:
        path = tmp_path / "picture.txt"
        path.write_text("before")
        async with Watcher([path], rest_seconds=REST) as watcher:
            path.write_text("after")
            assert await told(watcher, 1) == {path}

    async def test_nothing_to_watch(self, tmp_path: Path) -> None:
        with pytest.raises(FolderUnreadable):
            async with Watcher([tmp_path / "none"]):
                pass
