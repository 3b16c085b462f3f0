"""Pictures that lie elsewhere and are only read: a folder or an S3 bucket, by keys that clients name."""

import asyncio
import unicodedata
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from kith.engine.errors import EmptyImage, ImageTooLarge
from kith.kit.blobs import storage_error
from kith.kit.errors import SourceKeyInvalid, SourceNotFound, SourcesNotSet, StorageUnavailable, TooManyKeys

_MAX_KEY_BYTES = 1024  # as S3 has it
# The files of one folder that are listed at once: their keys are held in memory.
MAX_KEYS = 200_000


class Sources:
    """The store that a setting names, if it names one. No key leads out of it."""

    def __init__(self, store: ObjectStore | None, folder: Path | None = None, place: str = "") -> None:
        """`place` is where the store's keys begin: `bucket/prefix`, or nothing."""
        self._store = store
        self._folder = folder.resolve() if folder is not None else None
        self._place = place.strip("/")

    @classmethod
    def open(cls, location: str | None, **options: Any) -> "Sources":
        """A local folder, or a URL such as `s3://bucket/prefix`; None for no store at all."""
        if location is None:
            return cls(None)
        if "://" in location:
            return cls(from_url(location, **options), place=location.partition("://")[2])
        try:
            return cls(LocalStore(Path(location).resolve(strict=True)), Path(location))
        except (BaseError, OSError) as error:
            raise StorageUnavailable(f"the folder of sources {location} cannot be used") from error

    def key_of(self, bucket: str, key: str) -> str:
        """The key here of what others call by bucket and key; a folder has a folder for every bucket.

        Raises SourceKeyInvalid for what is not in this store.
        """
        full = f"{bucket}/{key}"
        if not bucket or "/" in bucket or not full.startswith(start := self._place and f"{self._place}/"):
            raise SourceKeyInvalid("the pictures of this bucket are not kept here")
        return full[len(start) :]

    async def read(self, key: str, max_bytes: int) -> bytes:
        """All bytes of one picture.

        Raises SourcesNotSet, SourceKeyInvalid, SourceNotFound, EmptyImage, ImageTooLarge, StorageUnavailable.
        """
        if self._store is None:
            raise SourcesNotSet
        _check(key)
        if self._folder is not None:
            await asyncio.to_thread(_stay_inside, self._folder, key)
        try:
            size = (await obstore.head_async(self._store, key))["size"]
            if not size:
                raise EmptyImage("the stored picture is empty")
            if size > max_bytes:
                raise ImageTooLarge(f"the stored picture has more than {max_bytes:,} bytes")
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())
        except FileNotFoundError as error:
            raise SourceNotFound("there is no picture under this key") from error
        except (BaseError, OSError) as error:
            raise storage_error(error) from error

    def check_folder(self, prefix: str) -> None:
        """Raise SourcesNotSet, or SourceKeyInvalid for what can be no folder of the store."""
        if self._store is None:
            raise SourcesNotSet
        if prefix.rstrip("/"):
            _check(prefix.rstrip("/"))

    async def keys(self, prefix: str) -> list[str]:
        """All keys in a folder and those below it, in order; an empty prefix names the whole store.

        Raises SourcesNotSet, SourceKeyInvalid, TooManyKeys, StorageUnavailable.
        """
        self.check_folder(prefix)
        if self._store is None:
            raise SourcesNotSet
        found: list[str] = []
        try:
            async for some in obstore.list(self._store, prefix.rstrip("/") or None):
                found += [it["path"] for it in some]
                if len(found) > MAX_KEYS:
                    raise TooManyKeys(f"a folder of sources may hold at most {MAX_KEYS:,} files")
        except FileNotFoundError:
            return []
        except (BaseError, OSError) as error:
            raise storage_error(error) from error
        return sorted(found)


def _check(key: str) -> None:
    """Refuse what names nothing, or might name something outside."""
    if not key or len(key.encode(errors="replace")) > _MAX_KEY_BYTES:
        raise SourceKeyInvalid(f"a key has 1 to {_MAX_KEY_BYTES:,} bytes")
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in key):
        raise SourceKeyInvalid("a key must not hold control or half characters")
    if any(step in {"", ".", ".."} for step in key.split("/")):
        raise SourceKeyInvalid("a key is relative, without empty steps, `.` and `..`")


def _stay_inside(folder: Path, key: str) -> None:
    """A link must not lead out of the folder; a pipe or a device, which might not end, is no picture."""
    try:
        path = (folder / key).resolve()
        is_file = path.is_file()
    except (OSError, RuntimeError) as error:
        raise SourceNotFound("there is no picture under this key") from error
    if not path.is_relative_to(folder):
        raise SourceKeyInvalid("the key leads out of the folder of sources")
    if not is_file:
        raise SourceNotFound("there is no picture under this key")
