"""Files that come in piece by piece, and are photos once the last byte is there."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from kith.accounts.principal import Principal
from kith.audit import service as audit
from kith.audit.tables import AuditAction
from kith.engine.errors import ImageTooLarge
from kith.engine.image import ImageLimits
from kith.errors import AppError, Busy, Unavailable
from kith.galleries import queries as gallery_queries
from kith.galleries.errors import GalleryNotFound
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.kit.offload import Offload
from kith.photos import queries
from kith.photos.aside import Aside
from kith.photos.errors import TooManyUploads, UploadDigestWrong, UploadNotFound, UploadTooLong
from kith.photos.importing import describe
from kith.photos.quotas import require_room
from kith.photos.service import NewFile, Outcome, Photos
from kith.photos.tables import Upload

EXPIRE_UPLOADS = "expire_uploads"
MAX_PIECE_BYTES = 8 << 20
KEPT = timedelta(days=1)
_MOST = 1000
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class NewUpload:
    """What is announced. Without a gallery it is the library."""

    name: str
    size_bytes: int
    sha256: str | None = None
    modified_at: datetime | None = None
    gallery_id: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    upload_id: int
    offset: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Uploaded:
    outcome: Outcome
    photo_id: int


class Uploads:
    """Use cases of one tenant. No transaction lasts while bytes are read or written."""

    def __init__(
        self, db: Database, blobs: Blobs, clock: Clock, who: Principal, *, aside: Aside, decoding: Offload,
        limits: ImageLimits,
    ) -> None:  # fmt: skip
        self._db = db
        self._blobs = blobs
        self._clock = clock
        self._who = who
        self._aside = aside
        self._decoding = decoding
        self._limits = limits

    async def begin(self, new: NewUpload) -> Progress | Uploaded:
        """Have an upload begin; a picture that is known by its digest need not come again.

        Raises ImageTooLarge, GalleryNotFound, QuotaExceeded, TooManyUploads.
        """
        if new.size_bytes > self._limits.max_bytes:
            max_bytes = self._limits.max_bytes
            raise ImageTooLarge(f"a file may have at most {max_bytes:,} bytes", max_bytes=max_bytes)
        uuid = uuid4()
        async with self._db.write() as session:
            gallery_id = await self._gallery_id(session, new.gallery_id)
            if new.sha256 is not None and (known := await self._known(session, gallery_id, new.sha256)):
                return Uploaded(Outcome.DUPLICATE, known)
            if (await session.scalar(queries.upload_count(self._who)) or 0) >= _MOST:
                raise TooManyUploads(f"at most {_MOST:,} at once", limit=_MOST)
            await require_room(session, self._who, photos=1, size_bytes=new.size_bytes)
            row = Upload(
                uuid=uuid, tenant_id=self._who.tenant_id, gallery_id=gallery_id, name=new.name,
                size_bytes=new.size_bytes, sha256=new.sha256, modified_at=new.modified_at,
                created_at=self._clock.now(),
            )  # fmt: skip
            session.add(row)
            await session.flush()
            await asyncio.to_thread(self._aside.begin, uuid)
        return Progress(row.id, 0, row.size_bytes)

    async def progress(self, upload_id: int) -> Progress:
        """How far it has come; raises UploadNotFound, also where its bytes are gone."""
        row = await self._row(upload_id)
        return Progress(row.id, await self._size(row), row.size_bytes)

    async def append(self, upload_id: int, offset: int, data: bytes) -> Progress | Uploaded:
        """Add a piece; with the last byte the file becomes a photo, or what is wrong with it is raised.

        Then nothing is left of the upload. Where a part of Kith is away or busy all stays, and an empty
        piece tries again. Raises UploadNotFound, UploadOffsetWrong, UploadTooLong, UploadDigestWrong.
        """
        row = await self._row(upload_id)
        if offset + len(data) > row.size_bytes:
            raise UploadTooLong(f"{row.size_bytes} bytes were announced", size_bytes=row.size_bytes)
        there = await asyncio.to_thread(self._aside.append, row.uuid, offset, data)
        if there is None:
            raise UploadNotFound("what had come of this upload is gone")
        if there < row.size_bytes:
            return Progress(row.id, there, row.size_bytes)
        try:
            return await self._finish(row)
        except (Busy, Unavailable):
            raise
        except AppError:
            await self._drop(row)
            raise

    async def cancel(self, upload_id: int) -> None:
        """Forget an upload with all that has come of it; raises UploadNotFound."""
        await self._drop(await self._row(upload_id))

    async def _finish(self, row: Upload) -> Uploaded:
        file = await self._decoding.run(self._described, row)
        await self._blobs.put_file(file.location, self._aside.path(row.uuid), file.size_bytes)
        async with self._db.write() as session:
            if await session.scalar(queries.end_upload(self._who, row.id)) is None:
                raise UploadNotFound("the upload has come to its end already")
            (done,) = await Photos(session, self._who, self._clock).register(row.gallery_id, [file])
            audit.record(session, self._clock, self._who, AuditAction.INDEX, "photo", done.photo.id)
        await asyncio.to_thread(self._aside.remove, [row.uuid])
        return Uploaded(done.outcome, done.photo.id)

    def _described(self, row: Upload) -> NewFile:
        """What picture the bytes are; of so many files at once as pictures are decoded."""
        try:
            data = self._aside.path(row.uuid).read_bytes()
        except OSError as error:
            raise UploadNotFound("what had come of this upload is gone") from error
        file = describe(data, row.name, self._limits)
        if row.sha256 is not None and row.sha256 != file.sha256:
            raise UploadDigestWrong(f"the bytes have the SHA-256 {file.sha256}")
        modified = row.modified_at
        return file if modified is None else replace(file, modified_ns=int(modified.timestamp() * 1e9))

    async def _drop(self, row: Upload) -> None:
        async with self._db.write() as session:
            await session.execute(queries.end_upload(self._who, row.id))
        await asyncio.to_thread(self._aside.remove, [row.uuid])

    async def _row(self, upload_id: int) -> Upload:
        async with self._db.read() as session:
            row = await session.scalar(queries.upload(self._who, upload_id))
        if row is None:
            raise UploadNotFound(f"there is no upload {upload_id}")
        return row

    async def _size(self, row: Upload) -> int:
        there = await asyncio.to_thread(self._aside.size, row.uuid)
        if there is None:
            raise UploadNotFound("what had come of this upload is gone")
        return there

    async def _gallery_id(self, session: WriteSession, gallery_id: int | None) -> int:
        if gallery_id is None:
            return await Photos(session, self._who, self._clock).library_id()
        if await session.scalar(gallery_queries.gallery(self._who, gallery_id)) is None:
            raise GalleryNotFound(f"there is no gallery {gallery_id}")
        return gallery_id

    async def _known(self, session: WriteSession, gallery_id: int, sha256: str) -> int | None:
        rows = await session.scalars(queries.with_digests(self._who, gallery_id, [sha256]))
        photo = rows.first()
        return photo.id if photo is not None else None


async def expire_uploads(session: WriteSession, clock: Clock, aside: Aside) -> None:
    """Forget uploads to which nothing has come for a day, or whose bytes are gone; then bytes of none."""
    moment = clock.now() - KEPT
    after = 0
    while rows := (await session.scalars(queries.uploads_before(moment, after, _BATCH))).all():
        after = rows[-1].id
        for row in rows:
            if await asyncio.to_thread(aside.is_stale, row.uuid, moment.timestamp()):
                await session.delete(row)
        await session.flush()
    await asyncio.to_thread(lambda: aside.remove(aside.stale(moment.timestamp())))
