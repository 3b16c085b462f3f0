"""The pictures of photos and faces: those that are derived are made when first asked for, and kept."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from kith.accounts.principal import Principal
from kith.engine.faces import Image
from kith.engine.image import PREVIEW_SIDE_PX, ImageLimits, crop, decode, derive, preview
from kith.faces import queries as face_queries
from kith.faces.errors import FaceNotFound
from kith.faces.tables import Face
from kith.kit.blobs import Blobs
from kith.kit.db import Database, ReadSession
from kith.kit.errors import BlobNotFound
from kith.kit.offload import Offload
from kith.kit.sources import Sources
from kith.photos import queries as photo_queries
from kith.photos.derived import crop_name, delete_orphans, preview_name, store_derived, thumbnail_name
from kith.photos.files import read_photo
from kith.photos.service import get_photo
from kith.photos.tables import File, Photo
from kith.timeline import queries

WEBP = "image/webp"

# So that many who ask at once for pictures of one photo have it read and decoded once; each lock is there
# for as long as somebody holds it.
_making: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes of a picture of a photo; `version` is the photo's."""

    data: bytes
    media_type: str
    version: str
    name: str


@dataclass(frozen=True, slots=True)
class Media:
    """For one tenant. No session is open while pictures are read or made."""

    db: Database
    blobs: Blobs
    sources: Sources
    decoding: Offload
    limits: ImageLimits
    max_side_px: int
    who: Principal

    async def thumbnail(self, photo_id: int) -> Picture:
        """At most 320 pixels a side; raises PhotoNotFound, and what is wrong with the photo's file."""
        photo, files = await self._photo(photo_id)

        async def make() -> None:
            image = await self._decoded(photo, files, self.max_side_px)
            await store_derived(self.blobs, photo.sha256, await self.decoding.run(derive, image))

        return await self._kept_or(make, photo, thumbnail_name(photo.sha256))

    async def preview(self, photo_id: int) -> Picture:
        """As `thumbnail`, at most 1,600 pixels a side."""
        photo, files = await self._photo(photo_id)
        name = preview_name(photo.sha256)

        async def make() -> None:
            image = await self._decoded(photo, files, PREVIEW_SIDE_PX)
            await self.blobs.put(name, await self.decoding.run(preview, image))

        return await self._kept_or(make, photo, name)

    async def crop(self, face_id: int) -> Picture:
        """A square around a face, at most 256 pixels a side; raises FaceNotFound and as `thumbnail`."""
        async with self.db.read() as session:
            row = (await session.execute(queries.face_with_photo(self.who, face_id))).first()
            if row is None:
                raise FaceNotFound(f"there is no face {face_id}")
            face, photo = row
            files = await _files(session, photo)
            faces = (await session.scalars(face_queries.faces_of_photos([photo.id]))).all()

        async def make() -> None:
            image = await self._decoded(photo, files, self.max_side_px)
            await self._crop(photo, image, faces)

        return await self._kept_or(make, photo, crop_name(photo.sha256, face.xyxy))

    async def original(self, photo_id: int) -> Picture:
        """The bytes as they came in; raises as `thumbnail`."""
        photo, files = await self._photo(photo_id)
        data = await self._read(photo, files)
        return Picture(data, photo.media_type, photo.version, photo.original_name)

    async def _kept_or(self, make: Callable[[], Awaitable[None]], photo: Photo, name: str) -> Picture:
        """What is stored under a name; if nothing is, after it was made."""
        data = await self._get(name)
        if data is None:
            async with _making.setdefault(photo.sha256, asyncio.Lock()):
                data = await self._get(name)
                if data is None:
                    await make()
                    data = await self.blobs.get(name)
                    # The photo may have been erased meanwhile, and what was derived of it must not stay.
                    async with self.db.read() as session:
                        await delete_orphans(session, self.blobs, [photo.sha256])
        return Picture(data, WEBP, photo.version, f"{photo.version}.webp")

    async def _crop(self, photo: Photo, image: Image, faces: Sequence[Face]) -> None:
        """All faces of a photo at once: who sees one of them mostly sees the others, too."""
        for face in faces:
            data = await self.decoding.run(crop, image, face.xyxy)
            await self.blobs.put(crop_name(photo.sha256, face.xyxy), data)

    async def _get(self, name: str) -> bytes | None:
        try:
            return await self.blobs.get(name)
        except BlobNotFound:
            return None

    async def _photo(self, photo_id: int) -> tuple[Photo, Sequence[File]]:
        async with self.db.read() as session:
            photo = await get_photo(session, self.who, photo_id)
            return photo, await _files(session, photo)

    async def _read(self, photo: Photo, files: Sequence[File]) -> bytes:
        return await read_photo(photo, files, self.blobs, self.sources, self.limits.max_bytes)

    async def _decoded(self, photo: Photo, files: Sequence[File], max_side_px: int) -> Image:
        data = await self._read(photo, files)
        return await self.decoding.run(decode, data, self.limits, max_side_px)


async def _files(session: ReadSession, photo: Photo) -> Sequence[File]:
    return (await session.scalars(photo_queries.files_of([photo.id]))).all()
