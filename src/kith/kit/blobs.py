"""Bytes under content-addressed names, in a local folder or any S3 bucket."""

import errno
import hashlib
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from kith.kit.errors import BlobNotFound, StorageFull, StorageUnavailable


class Blobs:
    """A flat store of immutable bytes. Writing is atomic: a name holds all its bytes or does not exist."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def open(cls, location: str | Path, **options: Any) -> "Blobs":
        """A local folder, created if need be, or a URL such as `s3://bucket/prefix`."""
        if isinstance(location, str) and "://" in location:
            return cls(from_url(location, **options))
        return cls(LocalStore(Path(location), mkdir=True))

    async def put(self, name: str, data: bytes) -> None:
        """Store bytes; a name that holds as many is left alone, for names say the content.

        One that holds more or fewer was cut short, by a power cut say, and is written anew.
        """
        if await self._size(name) == len(data):
            return
        try:
            await obstore.put_async(self._store, name, data)
        except (BaseError, OSError) as error:
            raise storage_error(error) from error

    async def put_file(self, name: str, path: Path, size_bytes: int) -> None:
        """As `put`, of a file that is read a piece at a time."""
        if await self._size(name) == size_bytes:
            return
        try:
            await obstore.put_async(self._store, name, path)
        except (BaseError, OSError) as error:
            raise storage_error(error) from error

    async def get(self, name: str) -> bytes:
        """Raises BlobNotFound where there is none."""
        try:
            answer = await obstore.get_async(self._store, name)
            return bytes(await answer.bytes_async())
        except FileNotFoundError as error:
            raise BlobNotFound(f"no bytes are stored as {name}") from error
        except (BaseError, OSError) as error:
            raise storage_error(error) from error

    async def exists(self, name: str) -> bool:
        return await self._size(name) is not None

    async def delete(self, name: str) -> None:
        """Deleting what is not there is no error."""
        try:
            await obstore.delete_async(self._store, name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise storage_error(error) from error

    async def delete_all(self, folder: str) -> None:
        """Delete everything whose name begins with a folder's."""
        try:
            listed = [it["path"] async for some in obstore.list(self._store, folder) for it in some]
            for name in listed:
                await self.delete(name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise storage_error(error) from error

    async def _size(self, name: str) -> int | None:
        """How many bytes are stored under a name, None where there is no such name."""
        try:
            return (await obstore.head_async(self._store, name))["size"]
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise storage_error(error) from error


def blob_name(sha256: str) -> str:
    """Where the original with this digest lives: two levels of folders keep any folder small."""
    return f"originals/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def storage_error(error: Exception) -> StorageUnavailable:
    """What it means that a store could not be read or written."""
    no_space = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    if no_space or "os error 28" in str(error).lower() or "no space left" in str(error).lower():
        return StorageFull("there is no space left for the bytes")
    return StorageUnavailable(f"the bytes could not be stored or read: {type(error).__name__}")
