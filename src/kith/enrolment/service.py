"""Enrolling photos in a gallery: read, found faces in, and stored, some at a time; and erasing it again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import update

from kith.accounts.principal import Principal
from kith.audit.service import record
from kith.audit.tables import AuditAction
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Image
from kith.engine.image import ImageLimits
from kith.enrolment.erasing import erase_gallery, erase_photos
from kith.enrolment.errors import GalleryGone
from kith.errors import AppError, Busy
from kith.external_ids.service import ExternalIds, checked
from kith.faces import queries as face_queries
from kith.faces.recognition import Recognition, settle
from kith.faces.service import Analysis, Faces, take_turn
from kith.faces.tables import Face
from kith.faces.tasks import AnalyseConfig
from kith.galleries.service import Galleries, find_gallery
from kith.galleries.tables import Gallery
from kith.kit.blobs import Blobs
from kith.kit.chunks import chunks
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.kit.offload import Offload
from kith.kit.sources import Sources
from kith.photos.importing import open_picture
from kith.photos.service import NewFile, Photos
from kith.photos.tables import Photo, Storage

_AT_ONCE = 4  # pictures of one call that are read and decoded together


@dataclass(frozen=True, slots=True)
class Wanted:
    """A photo to enrol under the client's id: its key in the sources, or its bytes, which are then kept."""

    photo_id: str
    key: str
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of a photo: its faces with the best detection score, none, or what is wrong with it."""

    photo_id: str
    faces: int = 0
    detection_score: float | None = None
    error: AppError | None = None


@dataclass(slots=True, eq=False)
class _Work:
    """A photo on its way."""

    wanted: Wanted
    data: bytes = b""
    file: NewFile | None = None
    image: Image | None = None
    found: FoundFaces | None = None
    error: AppError | None = None

    @property
    def result(self) -> Enrolled:
        if self.error is not None or self.found is None or not len(self.found):
            return Enrolled(self.wanted.photo_id, error=self.error)
        return Enrolled(self.wanted.photo_id, len(self.found), float(self.found.score.max()))


class Enrolment:
    """Works on galleries of one tenant, in transactions of its own: a batch may take minutes."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        who: Principal,
        *,
        blobs: Blobs,
        sources: Sources,
        recognition: Callable[[], Awaitable[Recognition]],
        decoding: Offload,
        config: AnalyseConfig,
    ) -> None:
        self._db = db
        self._clock = clock
        self._who = who
        self._blobs = blobs
        self._sources = sources
        self._recognition = recognition
        self._decoding = decoding
        self._config = config

    async def enrol(self, gallery_name: str, wanted: Sequence[Wanted]) -> list[Enrolled]:
        """Enrol photos in the gallery a client calls so, made if need be; what became of each, in order.

        A photo that is known by its id is replaced; one without a face is not kept, and what was there under
        its id stays. Of an id given twice the last counts. A gallery that is deleted meanwhile stays so.
        Raises Busy when too much is going on; what is stored by then stays, and may be sent again.
        """
        recognition = await self._recognition()
        for it in wanted:
            checked(it.photo_id)
        async with self._db.write() as session:
            gallery = await Galleries(session, self._who, self._clock).ensure(gallery_name)
        done: dict[str, Enrolled] = {}
        for some in chunks(list({it.photo_id: it for it in wanted}.values()), self._config.batch):
            works = [_Work(it) for it in some]
            await self._look(recognition, works)
            await self._store(recognition, gallery, [work for work in works if work.result.faces])
            done |= {work.wanted.photo_id: work.result for work in works}
        return [done[it.photo_id] for it in wanted]

    async def erase(self, gallery_name: str) -> int:
        """Erase the gallery a client calls so with all that is in it; how many faces that were."""
        async with self._db.write() as session:
            await take_turn(session, self._who.tenant_id)
            gallery = await find_gallery(session, self._who, gallery_name)
            if gallery is None:
                return 0
            count = await erase_gallery(session, self._blobs, self._who, gallery.id)
            record(
                session, self._clock, self._who, AuditAction.ERASE, "gallery", gallery.id,
                counts={"faces": count},
            )  # fmt: skip
        with suppress(AppError):  # else the index lets go of them at the next search
            await (await self._recognition()).catch_up()
        return count

    async def _look(self, recognition: Recognition, works: Sequence[_Work]) -> None:
        places = asyncio.Semaphore(_AT_ONCE)
        await asyncio.gather(*(self._read(work, places) for work in works))
        readable = [work for work in works if work.image is not None]
        images = [work.image for work in readable if work.image is not None]
        if not images:
            return
        for work, found in zip(readable, await recognition.analyse(images), strict=True):
            work.found, work.image = found, None

    async def _read(self, work: _Work, places: asyncio.Semaphore) -> None:
        limits, given = self._config.limits, work.wanted.data
        try:
            async with places:
                data = (
                    given
                    if given is not None
                    else await self._sources.read(work.wanted.key, limits.max_bytes)
                )
                work.file, work.image = await self._decoding.run(
                    _look_at, data, work.wanted.key, limits, self._config.max_side_px
                )
        except Busy:
            raise
        except AppError as error:
            work.error = error

    async def _store(self, recognition: Recognition, gallery: Gallery, works: Sequence[_Work]) -> None:
        """Store photos and faces in one transaction, unless the gallery is gone."""
        if not works:
            return
        async with self._db.write() as session:
            await take_turn(session, self._who.tenant_id)
            if await Galleries(session, self._who, self._clock).get(gallery.id) is None:
                for work in works:
                    work.error = GalleryGone("the session was deleted while this photo was being indexed")
                return
            await settle(session, recognition.space_id)
            files = [_placed(work, gallery) for work in works]
            photos = Photos(session, self._who, self._clock)
            registered = [it.photo for it in await photos.register(gallery.id, files, analyse=False)]
            await self._record(session, recognition.space_id, registered, works)
            names = {work.wanted.photo_id: it.id for work, it in zip(works, registered, strict=True)}
            ids = ExternalIds(session, self._who, self._clock)
            await erase_photos(session, self._blobs, self._who, await ids.name_photos(gallery.id, names))
            for work, file in zip(works, files, strict=True):
                if work.wanted.data is not None:
                    await self._blobs.put(file.location, work.wanted.data)

    async def _record(
        self, session: WriteSession, space_id: int, photos: Sequence[Photo], works: Sequence[_Work]
    ) -> None:
        """Store what was found, of photos with the same bytes once; nobody is to be identified."""
        found = {photo.id: (photo, work.found) for photo, work in zip(photos, works, strict=True)}
        known: dict[int, list[Face]] = {photo_id: [] for photo_id in found}
        for face in await session.scalars(face_queries.faces_of_photos(list(found))):
            known[face.photo_id].append(face)
        analyses = [
            Analysis(photo, known[photo.id], seen) for photo, seen in found.values() if seen is not None
        ]
        await Faces(session, self._who, self._clock).record(analyses, space_id)
        await session.flush()
        theirs = Face.photo_id.in_(found)
        await session.execute(update(Face).where(theirs).values(to_identify=False))


def _look_at(data: bytes, key: str, limits: ImageLimits, max_side_px: int) -> tuple[NewFile, Image]:
    """What picture it is, to be found under its key, and its pixels."""
    name = key.rpartition("/")[2]
    file, image = open_picture(data, name, limits, max_side_px)
    return replace(file, storage=Storage.SOURCE, location=key), image


def _placed(work: _Work, gallery: Gallery) -> NewFile:
    """Where the photo is: under its key, or, if its bytes came along, in a blob of this gallery alone."""
    if work.file is None:
        raise ValueError("only a photo that was read can be stored")
    if work.wanted.data is None:
        return work.file
    place = f"galleries/{gallery.uuid.hex}/{work.file.sha256}"
    return replace(work.file, storage=Storage.BLOB, location=place)
