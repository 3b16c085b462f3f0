"""Bytes of uploads that are not complete yet, each in a file of its own. Nothing here is asynchronous."""

import fcntl
import os
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from kith.kit.blobs import storage_error
from kith.photos.errors import UploadOffsetWrong


class Aside:
    """The folder they lie in. Any method raises StorageUnavailable where it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, uuid: UUID) -> Path:
        return self._folder / uuid.hex

    def begin(self, uuid: UUID) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.path(uuid).touch(exist_ok=False)
        except OSError as error:
            raise storage_error(error) from error

    def size(self, uuid: UUID) -> int | None:
        """How many bytes have come; None where they are gone."""
        try:
            return self.path(uuid).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(error) from error

    def append(self, uuid: UUID, offset: int, data: bytes) -> int | None:
        """Add a piece; how many bytes there are then, None where they are gone.

        Raises UploadOffsetWrong, and has changed nothing, if it does not begin where the others end. A piece
        that the disk has no room for is taken back.
        """
        try:
            with self.path(uuid).open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                there = os.fstat(file.fileno()).st_size
                if there != offset:
                    raise UploadOffsetWrong(f"{there} bytes have arrived", offset=there)
                file.seek(there)
                try:
                    file.write(data)
                    file.flush()
                except OSError:
                    os.ftruncate(file.fileno(), there)
                    raise
                return there + len(data)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(error) from error

    def remove(self, uuids: Collection[UUID]) -> None:
        for uuid in uuids:
            try:
                self.path(uuid).unlink(missing_ok=True)
            except OSError as error:
                raise storage_error(error) from error

    def is_stale(self, uuid: UUID, before: float) -> bool:
        """Whether nothing has come since a moment, in seconds since 1970, or the bytes are gone."""
        try:
            return self.path(uuid).stat().st_mtime < before
        except OSError:
            return True

    def stale(self, before: float) -> list[UUID]:
        """All that lies here and to which nothing has come since."""
        try:
            names = [it.name for it in self._folder.iterdir()] if self._folder.is_dir() else []
        except OSError as error:
            raise storage_error(error) from error
        uuids = [UUID(name) for name in names if len(name) == 32 and set(name) <= set("0123456789abcdef")]
        return [uuid for uuid in uuids if self.is_stale(uuid, before)]
