"""The pictures behind images: fetched once, then kept, and looked at for faces."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from math import ceil

from sqlalchemy import update

from kith.accounts.principal import Principal
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Float32, Image
from kith.engine.image import ImageLimits
from kith.errors import AppError, InvalidInput, LimitExceeded
from kith.faces import queries as face_queries
from kith.faces.changes import touch
from kith.faces.recognition import Recognition
from kith.galleries import queries as gallery_queries
from kith.galleries.images import url_path
from kith.galleries.tables import Gallery, GalleryImage
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.kit.errors import FetchError
from kith.kit.fetch import Fetcher, FetchLimits
from kith.kit.offload import Offload
from kith.kit.sources import Sources
from kith.photos import queries as photo_queries
from kith.photos.errors import FileMissing
from kith.photos.files import read_photo
from kith.photos.importing import describe, open_picture
from kith.photos.quotas import require_room
from kith.photos.service import NewFile, Photos, shown_at
from kith.photos.tables import Photo, PhotoState

_NAME_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Parts:
    """What tagging works with. `fetch` bounds what is fetched."""

    db: Database
    clock: Clock
    blobs: Blobs
    sources: Sources
    fetcher: Fetcher
    decoding: Offload
    recognition: Callable[[], Awaitable[Recognition]]
    limits: ImageLimits
    max_side_px: int
    fetch: FetchLimits


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """A picture with its faces; `file` has no place yet."""

    data: bytes
    file: NewFile
    image: Image
    recognition: Recognition
    found: FoundFaces

    async def embed(self, boxes: Float32) -> FoundFaces:
        """Faces at boxes (n, 4) xyxy; raises InvalidBox."""
        return await self.recognition.embed(self.image, boxes)


class Pictures:
    """Reads pictures for one tenant, in sessions of its own."""

    def __init__(self, parts: Parts, who: Principal) -> None:
        self._parts = parts
        self._who = who

    async def look(self, url: str) -> Looked:
        """What is at an address: as it is kept, if an image there was fetched before, else fetched now."""
        async with self._parts.db.read() as session:
            image = await session.scalar(gallery_queries.image_at(self._who, url, url_path(url)))
        return await self._look(url, await self._kept(image) if image is not None else None)

    async def look_at(self, image: GalleryImage, other_url: str | None = None) -> Looked:
        """The picture of an image; what is at the other address, where its own does not answer.

        Raises FetchError and what is wrong with the picture.
        """
        try:
            return await self._look(image.image_url, await self._kept(image))
        except FetchError:
            if other_url and other_url != image.image_url:
                with suppress(InvalidInput, LimitExceeded):  # what is wrong with its own says more
                    return await self._look(other_url, None)
            raise

    async def bytes_of(self, image: GalleryImage) -> tuple[bytes, str]:
        """The picture itself and its media type, once it has proved to be one."""
        data = await self._kept(image)
        if data is None:
            data = (await self._parts.fetcher.get(image.image_url, self._parts.fetch)).body
        file = await self._parts.decoding.run(describe, data, "", self._parts.limits)
        return data, file.media_type

    async def _kept(self, image: GalleryImage) -> bytes | None:
        if image.photo_id is None:
            return None
        async with self._parts.db.read() as session:
            photo = await session.get(Photo, image.photo_id)
            files = (await session.scalars(photo_queries.files_of([image.photo_id]))).all()
        if photo is None or not files:
            return None
        parts = self._parts
        return await read_photo(photo, files, parts.blobs, parts.sources, parts.limits.max_bytes)

    async def _look(self, url: str, kept: bytes | None) -> Looked:
        parts = self._parts
        recognition = await parts.recognition()
        data = kept if kept is not None else (await parts.fetcher.get(url, parts.fetch)).body
        file, image = await parts.decoding.run(
            open_picture, data, _name(url), parts.limits, parts.max_side_px
        )
        (found,) = await recognition.analyse([image])
        return Looked(data, file, image, recognition, found)


async def keep(
    session: WriteSession, parts: Parts, who: Principal, image: GalleryImage, looked: Looked
) -> Photo:
    """Register the picture of an image as a photo of its gallery, in a blob of this gallery alone.

    Its faces are those that are named from now on, and no others, whatever an analysis finds. A picture
    that is kept already stays. The tenant's turn must have been taken.
    """
    known = await session.get(Photo, image.photo_id) if image.photo_id is not None else None
    if known is not None and await _has_file(session, known):
        return known
    gallery = await session.get_one(Gallery, image.gallery_id)
    place = f"galleries/{gallery.uuid.hex}/{looked.file.sha256}"
    file = replace(looked.file, location=place, name=image.original_filename or looked.file.name)
    (registered,) = await Photos(session, who, parts.clock).register(gallery.id, [file], analyse=False)
    await parts.blobs.put(place, looked.data)
    image.photo_id, registered.photo.is_settled = registered.photo.id, True
    if known is not None:
        await _take_place(session, known, registered.photo)
    return registered.photo


async def keep_place(
    session: WriteSession, parts: Parts, who: Principal, image: GalleryImage, boxes: Float32,
    error: AppError | None,
) -> Photo:  # fmt: skip
    """The photo of an image whose picture could not be read; else one without a file in its place.

    `boxes` are those of its faces, all there is to know of its size. Raises QuotaExceeded. The tenant's
    turn must have been taken.
    """
    known = await session.get(Photo, image.photo_id) if image.photo_id is not None else None
    if known is not None:
        return known
    await require_room(session, who, photos=1, size_bytes=0)
    now, error = parts.clock.now(), error or FileMissing("the picture was not fetched yet")
    width, height = boxes[:, 2:].max(axis=0, initial=1).tolist()
    photo = Photo(
        tenant_id=who.tenant_id, gallery_id=image.gallery_id, created_at=now, shown_at=shown_at(None, now),
        sha256=sha256(f"image {image.uuid}".encode()).hexdigest(), size_bytes=0, media_type="image/*",
        original_name=image.original_filename or _name(image.image_url),
        width_px=image.width_px or ceil(width), height_px=image.height_px or ceil(height), is_settled=True,
        state=PhotoState.FAILED, error_code=error.code, error_detail=error.detail[:1000],
    )  # fmt: skip
    session.add(photo)
    await session.flush()
    image.photo_id = photo.id
    return photo


async def _has_file(session: WriteSession, photo: Photo) -> bool:
    return (await session.scalars(photo_queries.files_of([photo.id]))).first() is not None


async def _take_place(session: WriteSession, before: Photo, photo: Photo) -> None:
    """Let a photo have the faces and images of the one that stood in its place."""
    faces = (await session.scalars(face_queries.faces_of_photos([before.id]))).all()
    for face in faces:
        face.photo_id = photo.id
    touch(session, [face.id for face in faces])
    theirs = GalleryImage.photo_id == before.id
    await session.execute(update(GalleryImage).where(theirs).values(photo_id=photo.id))
    await session.flush()
    await session.delete(before)
    await session.flush()


def _name(url: str) -> str:
    """The last step of an address; only ever shown."""
    shown = "".join(it for it in url_path(url).rpartition("/")[2] if it.isprintable())
    return shown[:_NAME_LENGTH] or "image"
