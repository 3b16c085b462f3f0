"""Photos: registered by the digest of their bytes, found again wherever their file goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from kith.accounts.principal import Principal
from kith.jobs.service import NewJob, add_many
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession, serialise
from kith.photos import queries
from kith.photos.errors import PhotoNotFound
from kith.photos.quotas import require_room
from kith.photos.tables import File, Photo, PhotoState, Storage

ANALYSE = "analyse"
REGISTER = "photos.register"  # the turn in which a tenant's pictures are registered

# Reasons for a failed analysis that may pass, so that the next import tries again.
PASSING = frozenset({"file_missing", "file_unreadable", "internal_error", "blob_not_found"})


@dataclass(frozen=True, slots=True)
class NewFile:
    """A picture that was read: what it is, and where its bytes are.

    `phash` is for who has stored already what is derived of it.
    """

    sha256: str
    name: str
    size_bytes: int
    media_type: str
    width_px: int
    height_px: int
    taken_at: datetime | None
    taken_offset_minutes: int | None
    storage: Storage
    location: str
    modified_ns: int | None = None
    phash: int | None = None
    exif: Mapping[str, object] | None = None


class Outcome(StrEnum):
    ADDED = "added"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Registered:
    photo: Photo
    outcome: Outcome


class Photos:
    """Use cases of one session, for one tenant."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def library_id(self) -> int:
        return (await self._session.scalars(queries.library(self._who))).one().id

    async def register(
        self, gallery_id: int, files: Sequence[NewFile], *, analyse: bool = True
    ) -> list[Registered]:
        """Record files in one go. New pictures are queued for analysis; known ones only gain a place.

        A known one that lay in the trash comes out of it, and its analysis brings its faces back. One that
        failed for a passing reason is queued again, whatever an earlier analysis left. A file that replaces
        another at the same place takes the place over. `analyse` False is for who records the faces in the
        same transaction.
        """
        await serialise(self._session, REGISTER, self._who.tenant_id)
        known = await self._known(gallery_id, [file.sha256 for file in files])
        places = await self._places(gallery_id, files)
        done: list[Registered] = []
        to_analyse: list[Photo] = []
        untrashed: list[Photo] = []
        for file in files:
            photo = known.get(file.sha256)
            outcome = Outcome.ADDED if photo is None else Outcome.DUPLICATE
            if photo is None:
                photo = known[file.sha256] = self._new_photo(gallery_id, file)
                self._session.add(photo)
                to_analyse.append(photo)
            elif photo.error_code in PASSING:
                _forgive(photo)
                to_analyse.append(photo)
            if photo.trashed_at is not None:
                photo.trashed_at = None
                untrashed.append(photo)
            photo.phash = photo.phash if file.phash is None else file.phash
            done.append(Registered(photo, outcome))
        new = {it.photo.sha256: it.photo for it in done if it.outcome is Outcome.ADDED}
        if new:
            added_bytes = sum(photo.size_bytes for photo in new.values())
            await require_room(self._session, self._who, photos=len(new), size_bytes=added_bytes)
        await self._session.flush()
        for file, registered in zip(files, done, strict=True):
            self._place(places, registered.photo, file)
        await self._session.flush()
        await self.analyse(
            [photo.id for photo in dict.fromkeys([*untrashed, *(to_analyse if analyse else ())])]
        )
        return done

    async def analyse(self, photo_ids: Sequence[int]) -> None:
        """Queue photos for analysis."""
        jobs = [NewJob(ANALYSE, {"photo_id": photo_id}) for photo_id in photo_ids]
        await add_many(self._session, self._clock, self._who.tenant_id, jobs)

    def _new_photo(self, gallery_id: int, file: NewFile) -> Photo:
        now = self._clock.now()
        return Photo(
            tenant_id=self._who.tenant_id, gallery_id=gallery_id, sha256=file.sha256,
            original_name=file.name[:1000], size_bytes=file.size_bytes, media_type=file.media_type,
            width_px=file.width_px, height_px=file.height_px, taken_at=file.taken_at,
            taken_offset_minutes=file.taken_offset_minutes, created_at=now,
            shown_at=shown_at(file.taken_at, now), exif=dict(file.exif) if file.exif else None,
        )  # fmt: skip

    def _place(self, places: dict[str, File], photo: Photo, file: NewFile) -> None:
        place = places.get(file.location)
        if place is None:
            place = places[file.location] = File(
                tenant_id=photo.tenant_id, gallery_id=photo.gallery_id, storage=file.storage,
                location=file.location, created_at=self._clock.now(),
            )  # fmt: skip
            self._session.add(place)
        place.photo_id, place.size_bytes, place.modified_ns = photo.id, file.size_bytes, file.modified_ns

    async def _known(self, gallery_id: int, digests: Sequence[str]) -> dict[str, Photo]:
        rows = await self._session.scalars(queries.with_digests(self._who, gallery_id, digests))
        return {photo.sha256: photo for photo in rows}

    async def _places(self, gallery_id: int, files: Sequence[NewFile]) -> dict[str, File]:
        found: dict[str, File] = {}
        for storage in {file.storage for file in files}:
            locations = [file.location for file in files if file.storage == storage]
            rows = await self._session.scalars(queries.files_at(self._who, gallery_id, storage, locations))
            found |= {place.location: place for place in rows}
        return found


def shown_at(taken_at: datetime | None, created_at: datetime) -> datetime:
    """The place of a photo in the timeline."""
    return taken_at or created_at.astimezone(UTC).replace(tzinfo=None)


def _forgive(photo: Photo) -> None:
    if photo.state == PhotoState.FAILED:
        photo.state = PhotoState.PENDING
    photo.error_code, photo.error_detail = None, None


async def get_photo(session: ReadSession | WriteSession, who: Principal, photo_id: int) -> Photo:
    """Raises PhotoNotFound for what is not there or not yours."""
    photo = await session.scalar(queries.photo(who, photo_id))
    if photo is None:
        raise PhotoNotFound(f"there is no photo {photo_id}")
    return photo


async def count_photos(session: ReadSession, who: Principal) -> dict[PhotoState, int]:
    rows = await session.execute(queries.counts(who))
    return {PhotoState(state): count for state, count in rows}


async def count_unseen(session: ReadSession, who: Principal, space_id: int) -> int:
    """How many photos that can be read a space has not seen yet."""
    return await session.scalar(queries.count_not_analysed_in(who, space_id)) or 0
