"""Getting a photo's bytes back from wherever they are."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from kith.errors import AppError, Unavailable
from kith.kit.blobs import Blobs, digest
from kith.kit.sources import Sources
from kith.photos.errors import FileMissing
from kith.photos.folders import read_picture_file
from kith.photos.tables import File, Photo, Storage


async def read_photo(
    photo: Photo, files: Sequence[File], blobs: Blobs, sources: Sources, max_bytes: int
) -> bytes:
    """The bytes whose digest the photo is known by, from the first of its files that still has them.

    If none has: raises Unavailable if a storage could not be asked, for its file may be sound; else what was
    wrong with the last file tried, FileMissing if its content has changed.
    """
    away: Unavailable | None = None
    error: AppError = FileMissing(f"photo {photo.id} has no file left")
    for file in files:
        try:
            if file.storage == Storage.BLOB:
                data = await blobs.get(file.location)
            elif file.storage == Storage.SOURCE:
                data = await sources.read(file.location, max_bytes)
            else:
                data = await asyncio.to_thread(read_picture_file, Path(file.location), max_bytes)
        except Unavailable as failure:
            away = failure
            continue
        except AppError as failure:
            error = failure
            continue
        if await asyncio.to_thread(digest, data) == photo.sha256:
            return data
        error = FileMissing(f"{file.location} now holds another picture")
    raise away or error
