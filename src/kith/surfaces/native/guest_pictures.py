"""The pictures that guests see and take away; what they may not see is not there."""

import asyncio
import zipfile
from collections.abc import AsyncGenerator, Sequence
from pathlib import PurePath

from fastapi import Response

from kith.errors import AppError
from kith.photos.files import read_photo
from kith.photos.tables import File, Photo
from kith.runtime import Runtime
from kith.sharing.errors import DownloadsOff
from kith.sharing.guests import (
    Opened,
    count_download,
    find_guest,
    get_visible,
    open_share,
    visible_ids,
)
from kith.timeline.media import Media

_HEADERS = {
    "cache-control": "private, no-cache", "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
}  # fmt: skip


async def thumbnail(kith: Runtime, opened: Opened, photo_id: int) -> Response:
    it = await _media(kith, opened).thumbnail(photo_id)
    return Response(it.data, media_type=it.media_type, headers=_HEADERS)


async def preview(kith: Runtime, opened: Opened, photo_id: int) -> Response:
    it = await _media(kith, opened).preview(photo_id)
    return Response(it.data, media_type=it.media_type, headers=_HEADERS)


async def original(kith: Runtime, opened: Opened, photo: Photo, files: Sequence[File]) -> Response:
    """Raises DownloadsOff."""
    require_downloads(opened)
    data = await read_photo(photo, files, kith.blobs, kith.sources, kith.limits.max_bytes)
    async with kith.db.write() as session:
        await count_download(session, kith.clock, opened)
    headers = {**_HEADERS, "content-disposition": f'attachment; filename="{plain_name(photo)}"'}
    return Response(data, media_type=photo.media_type, headers=headers)


def require_downloads(opened: Opened) -> None:
    if not opened.share.downloads:
        raise DownloadsOff("originals of this gallery are not handed out")


async def ids_to_take(
    kith: Runtime, token: str, shown: str | None, wanted: Sequence[int] | None
) -> list[int]:
    """Those wanted, else all a guest may see; raises PhotoNotFound for what they may not, DownloadsOff."""
    async with kith.db.read() as session:
        opened = await open_share(session, kith.clock, token)
        guest = await find_guest(session, opened, shown)
        require_downloads(opened)
        return await visible_ids(session, opened, guest, wanted)


async def zipped(
    kith: Runtime, token: str, shown: str | None, photo_ids: Sequence[int]
) -> AsyncGenerator[bytes]:
    """A zip file of originals, one in memory at a time. Who is put out meanwhile gets no further photo."""
    sink, taken = _Sink(), set[str]()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for photo_id in photo_ids:
            async with kith.db.read() as session:
                opened = await open_share(session, kith.clock, token)
                guest = await find_guest(session, opened, shown)
                photo, files = await get_visible(session, opened, guest, photo_id)
            require_downloads(opened)
            name = _unused(plain_name(photo), taken)
            try:
                data = await read_photo(photo, files, kith.blobs, kith.sources, kith.limits.max_bytes)
            except AppError as error:  # one lost original must not cost the others
                name, data = _unused(f"{name}.missing.txt", taken), error.title.encode()
            await asyncio.to_thread(archive.writestr, name, data)
            async with kith.db.write() as session:
                await count_download(session, kith.clock, opened)
            yield sink.take()
    yield sink.take()


class _Sink:
    """A file that is only written to; what was, is taken out piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is held open."""

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def plain_name(photo: Photo) -> str:
    """The photo's name as any file system and any header takes it."""
    last = photo.original_name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(it if it.isascii() and (it.isalnum() or it in " ._-()") else "_" for it in last)
    return kept.strip(" .")[-150:] or f"photo-{photo.id}"


def _unused(name: str, taken: set[str]) -> str:
    path, number, found = PurePath(name), 1, name
    while found.lower() in taken:
        number += 1
        found = f"{path.stem} ({number}){path.suffix}"
    taken.add(found.lower())
    return found


def _media(kith: Runtime, opened: Opened) -> Media:
    max_side_px = kith.settings.engine.max_side_px
    who = opened.principal()
    return Media(kith.db, kith.blobs, kith.sources, kith.decoding, kith.limits, max_side_px, who)
