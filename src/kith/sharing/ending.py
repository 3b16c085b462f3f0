"""The end of galleries: deleted by whoever made them, or their faces erased when their time is over."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import delete, update

from kith.accounts.principal import Principal
from kith.audit.service import record
from kith.audit.tables import AuditAction
from kith.enrolment.erasing import erase_gallery, erase_photos
from kith.errors import AppError
from kith.faces import queries as face_queries
from kith.faces.changes import touch
from kith.faces.recognition import Recognition
from kith.faces.service import take_turn
from kith.faces.tables import Face
from kith.jobs.service import Jobs
from kith.jobs.tables import Job
from kith.kit.blobs import Blobs
from kith.kit.chunks import chunks
from kith.kit.clock import Clock
from kith.kit.db import Database, WriteSession
from kith.people.forgetting import forget_faces
from kith.photos import queries as photo_queries
from kith.photos.derived import crop_name
from kith.photos.tables import Photo
from kith.sharing import queries
from kith.sharing.galleries import expire_job, find_terms
from kith.sharing.tables import GalleryTerms

_CHUNK = 5_000
_AGAIN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Ending:
    """Ends galleries, in transactions of its own."""

    db: Database
    clock: Clock
    blobs: Blobs
    recognition: Callable[[], Awaitable[Recognition]]

    async def delete(self, who: Principal, gallery_id: int) -> int:
        """Erase a gallery with all that is in it; how many photos. Raises GalleryNotFound."""
        async with self.db.write() as session:
            await take_turn(session, who.tenant_id)
            await find_terms(session, who, gallery_id)
            photos = len((await session.scalars(photo_queries.ids_in_gallery(who, gallery_id))).all())
            faces = await erase_gallery(session, self.blobs, who, gallery_id)
            record(
                session, self.clock, who, AuditAction.ERASE, "gallery", gallery_id,
                counts={"photos": photos, "faces": faces},
            )  # fmt: skip
        await self.let_go()
        return photos

    async def let_go(self) -> None:
        """Have the index forget what is gone, at once; else it does at the next search."""
        with suppress(AppError):
            await (await self.recognition()).catch_up()


async def expire(session: WriteSession, clock: Clock, blobs: Blobs, terms: GalleryTerms) -> int:
    """Erase all faces of a gallery, the tenant's turn taken before; how many.

    The photos stay, unless it was said otherwise; nobody is found in them again, also not by another pack.
    """
    who = Principal(terms.tenant_id, "retention")
    photo_ids = (await session.scalars(photo_queries.ids_in_gallery(who, terms.gallery_id))).all()
    if terms.delete_photos_on_expiry:
        faces = await erase_photos(session, blobs, who, photo_ids)
    else:
        faces = 0
        for some in chunks(photo_ids, _CHUNK):
            faces += await _erase_faces(session, blobs, some)
    await session.execute(queries.forget_guests_of_gallery(terms.gallery_id))
    terms.expired_at = clock.now()
    record(
        session, clock, who, AuditAction.ERASE, "gallery", terms.gallery_id,
        counts={"faces": faces, "photos": len(photo_ids) if terms.delete_photos_on_expiry else 0},
    )  # fmt: skip
    return faces


async def _erase_faces(session: WriteSession, blobs: Blobs, photo_ids: Sequence[int]) -> int:
    digests = {it.id: it.sha256 for it in await session.scalars(photo_queries.by_ids(photo_ids))}
    faces = (await session.scalars(face_queries.faces_of_photos(photo_ids))).all()
    for some in chunks([face.id for face in faces], _CHUNK):
        touch(session, some)
        await forget_faces(session, some)
        await session.execute(delete(Face).where(Face.id.in_(some)))
    for face in faces:
        await blobs.delete(crop_name(digests[face.photo_id], face.xyxy))
    # A settled photo is given no faces by an analysis, be it one that is under way.
    await session.execute(update(Photo).where(Photo.id.in_(photo_ids)).values(is_settled=True))
    return len(faces)


class ExpireGalleries:
    """Handler of the jobs that end galleries. One whose end was put off waits anew."""

    batch = 1

    def __init__(self, ending: Ending) -> None:
        self._ending = ending

    async def run(self, jobs: Sequence[Job], worker: str) -> None:
        db, clock = self._ending.db, self._ending.clock
        async with db.write() as session:
            queue = Jobs(session, clock)
            for job in jobs:
                await take_turn(session, job.tenant_id)
                terms = await session.scalar(queries.terms(job.payload["gallery_id"]))
                if terms is None or terms.expires_at is None or terms.expired_at is not None:
                    continue
                left = (terms.expires_at - clock.now()).total_seconds()
                if left > 0:
                    await queue.add(job.tenant_id, [expire_job(terms.gallery_id, left)])
                else:
                    await expire(session, clock, self._ending.blobs, terms)
            await queue.finish(worker, jobs)
        await self._ending.let_go()

    async def ready(self) -> None:
        return

    async def give_up(self, session: WriteSession, job: Job, error: AppError | None) -> None:
        """It must happen some time: tried again in an hour."""
        queue = Jobs(session, self._ending.clock)
        await queue.add(job.tenant_id, [expire_job(job.payload["gallery_id"], _AGAIN_SECONDS)])
