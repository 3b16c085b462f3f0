"""Watching folders: what appears there is told of once it has come to rest."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Self

from watchfiles import Change, awatch

from kith.photos.errors import FolderUnreadable
from kith.photos.folders import find_files, is_wanted

# A file that is being written changes its size or time; this long without is taken for complete.
REST_SECONDS = 2.0
_LOOK_SECONDS = 0.5

Signature = tuple[int, int]


class Watcher:
    """Tells of files under some roots that are new or changed, from when its `async with` begins.

    Nothing is missed while a batch is being dealt with: it is in the next one. `skip` is a folder whose
    changes do not count: the library's own data.
    """

    def __init__(
        self, roots: Sequence[Path], *, skip: Path | None = None, rest_seconds: float = REST_SECONDS
    ) -> None:
        self._roots = [root.absolute() for root in roots if os.path.exists(root)]  # noqa: PTH110  # Path.exists raises
        self._skip = skip.absolute() if skip is not None else None
        self._rest_seconds = rest_seconds
        self._restless: dict[Path, tuple[Signature, float]] = {}
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if not self._roots:
            raise FolderUnreadable("there is no folder to watch")
        self._listening = asyncio.create_task(self._listen())
        await asyncio.sleep(0)  # the first step of the task sets the watch up, before anything is imported
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def batches(self) -> AsyncGenerator[list[Path]]:
        """Files that have come to rest, in the order of their names, until it is cancelled.

        Raises FolderUnreadable when the folders cannot be watched.
        """
        while self._listening is not None:
            if self._listening.done():
                await self._listening
            await asyncio.sleep(_LOOK_SECONDS)
            rested = await asyncio.to_thread(self._take_rested)
            if rested:
                yield rested

    async def _listen(self) -> None:
        try:
            async for changes in awatch(*self._roots, watch_filter=self._counts, recursive=True):
                for path in sorted({Path(name) for _, name in changes}):
                    await asyncio.to_thread(self._notice, path)
        except (OSError, RuntimeError) as error:
            raise FolderUnreadable(f"the folders cannot be watched: {error}") from error
        raise FolderUnreadable("the folders are no longer watched")

    def _counts(self, change: Change, name: str) -> bool:
        path = Path(name)
        if change == Change.deleted or (self._skip is not None and path.is_relative_to(self._skip)):
            return False
        if path in self._roots:
            return True
        below = [path.relative_to(root).parts for root in self._roots if path.is_relative_to(root)]
        return any(is_wanted(parts[-1]) and not _is_hidden(parts) for parts in below)

    def _notice(self, path: Path) -> None:
        """A folder that appears may hold files already, of which nothing else tells."""
        for found in find_files([path], self._skip):
            self._restless.setdefault(found.path, ((-1, -1), time.monotonic()))

    def _take_rested(self) -> list[Path]:
        now = time.monotonic()
        rested: list[Path] = []
        for path, (before, since) in sorted(self._restless.copy().items()):
            try:
                status = path.stat()
            except OSError:
                del self._restless[path]
                continue
            signature = status.st_size, status.st_mtime_ns
            if signature != before:
                self._restless[path] = signature, now
            elif now - since >= self._rest_seconds:
                del self._restless[path]
                rested.append(path)
        return rested


def _is_hidden(parts: Sequence[str]) -> bool:
    return any(part.startswith(".") for part in parts)
