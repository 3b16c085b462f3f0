"""The trash: photos go in and come back as they were, or are erased for good."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update

from kith.accounts.principal import Principal
from kith.audit.service import record
from kith.audit.tables import AuditAction
from kith.enrolment.erasing import erase_photos
from kith.faces.changes import touch
from kith.faces.service import take_turn
from kith.faces.tables import Face
from kith.faces.tasks import identify_job
from kith.jobs.service import Jobs
from kith.kit.blobs import Blobs
from kith.kit.chunks import chunks
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.photos.tables import Photo
from kith.timeline import queries

EXPIRE_TRASH = "expire_trash"


class Trash:
    """Use cases of one session, for one tenant. Each answers which of the photos it was about."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def put(self, photo_ids: Sequence[int]) -> list[int]:
        """Hide photos and their faces from lists, counts, searches and grouping; names stay with them."""
        return await self._move(photo_ids, self._clock.now())

    async def take_out(self, photo_ids: Sequence[int]) -> list[int]:
        """Bring photos back; faces that waited to be recognised go on waiting."""
        moved = await self._move(photo_ids, None)
        if moved:
            tenant_id = self._who.tenant_id
            await Jobs(self._session, self._clock).add(tenant_id, [identify_job(tenant_id)])
        return moved

    async def erase(self, photo_ids: Sequence[int], blobs: Blobs) -> list[int]:
        """Erase photos that are in the trash with all that came of them; files in folders stay."""
        await take_turn(self._session, self._who.tenant_id)
        gone = await self._among(photo_ids, is_trashed=True)
        await _erase(self._session, blobs, self._clock, self._who, gone)
        return gone

    async def _move(self, photo_ids: Sequence[int], trashed_at: datetime | None) -> list[int]:
        await take_turn(self._session, self._who.tenant_id)
        moved = await self._among(photo_ids, is_trashed=trashed_at is None)
        face_ids = (await self._session.scalars(queries.faces_in(moved))).all()
        photos, faces = Photo.id.in_(moved), Face.photo_id.in_(moved)
        await self._session.execute(update(Photo).where(photos).values(trashed_at=trashed_at))
        is_trashed = trashed_at is not None
        await self._session.execute(update(Face).where(faces).values(is_trashed=is_trashed))
        touch(self._session, face_ids)
        return moved

    async def _among(self, photo_ids: Sequence[int], *, is_trashed: bool) -> list[int]:
        statement = queries.ids_among(self._who, photo_ids, is_trashed=is_trashed)
        return list(await self._session.scalars(statement))


async def expire_trash(session: WriteSession, blobs: Blobs, clock: Clock, days: int) -> None:
    """Erase what has been in anybody's trash for so many days; 0 keeps it."""
    if not days:
        return
    before = clock.now() - timedelta(days=days)
    for tenant_id in sorted(await session.scalars(queries.tenants_trashed_before(before))):
        who = Principal(tenant_id, "retention")
        await take_turn(session, tenant_id)
        over = (await session.scalars(queries.trashed_before(who, before))).all()
        for some in chunks(over):
            await _erase(session, blobs, clock, who, some)


async def _erase(
    session: WriteSession, blobs: Blobs, clock: Clock, who: Principal, photo_ids: Sequence[int]
) -> None:
    if not photo_ids:
        return
    faces = await erase_photos(session, blobs, who, photo_ids)
    counts = {"photos": len(photo_ids), "faces": faces}
    record(session, clock, who, AuditAction.ERASE, "photo", counts=counts)
