"""Galleries one makes to share: made, told apart, listed with what is in them."""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import uuid4

from kith.accounts.principal import Principal
from kith.galleries.errors import GalleryNotFound
from kith.galleries.tables import Gallery
from kith.jobs.service import Jobs, NewJob
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession
from kith.photos.tables import PhotoState
from kith.sharing import queries
from kith.sharing.errors import ExpiryInvalid, GalleryExpired
from kith.sharing.tables import GalleryIntake, GalleryTerms

EXPIRE_GALLERY = "expire_gallery"
MAX_TITLE = 200
_SLUG_CHARS = 60


@dataclass(frozen=True, slots=True)
class Cover:
    photo_id: int
    sha256: str


@dataclass(slots=True)
class SharedGallery:
    """A gallery with what is in it; `intake` is the last time pictures were taken from the sources."""

    gallery: Gallery
    terms: GalleryTerms
    counts: dict[PhotoState, int] = field(default_factory=dict[PhotoState, int])
    cover: Cover | None = None
    intake: GalleryIntake | None = None
    share_count: int = 0

    @property
    def photo_count(self) -> int:
        return sum(self.counts.values())


class _Unchanged:
    """What a change leaves as it is."""


UNCHANGED: Final = _Unchanged()


@dataclass(frozen=True, slots=True)
class GalleryChange:
    """What is to be said of a gallery anew."""

    title: str | _Unchanged = UNCHANGED
    words: str | _Unchanged = UNCHANGED
    expires_at: datetime | _Unchanged | None = UNCHANGED
    delete_photos_on_expiry: bool | _Unchanged = UNCHANGED


async def find_terms(
    session: ReadSession | WriteSession, who: Principal, gallery_id: int
) -> tuple[Gallery, GalleryTerms]:
    """Raises GalleryNotFound for what is not there, not made to be shared, or not yours."""
    row = (await session.execute(queries.gallery(who, gallery_id))).first()
    if row is None:
        raise GalleryNotFound(f"there is no gallery {gallery_id}")
    return row[0], row[1]


async def get_shared(session: ReadSession | WriteSession, who: Principal, gallery_id: int) -> SharedGallery:
    """Raises GalleryNotFound as above."""
    found = SharedGallery(*await find_terms(session, who, gallery_id))
    await _fill(session, [found])
    return found


async def list_shared(
    session: ReadSession, who: Principal, before_id: int | None, limit: int
) -> list[SharedGallery]:
    """The newest first."""
    rows = await session.execute(queries.newest(who, before_id, limit))
    found = [SharedGallery(gallery, terms) for gallery, terms in rows]
    await _fill(session, found)
    return found


async def _fill(session: ReadSession | WriteSession, found: Sequence[SharedGallery]) -> None:
    by_id = {it.gallery.id: it for it in found}
    if not by_id:
        return
    ids = list(by_id)
    for gallery_id, state, count in await session.execute(queries.photo_counts(ids)):
        by_id[gallery_id].counts[PhotoState(state)] = count
    for gallery_id, photo_id, sha256 in await session.execute(queries.covers(ids)):
        by_id[gallery_id].cover = Cover(photo_id, sha256)
    for gallery_id, count in await session.execute(queries.share_counts(ids)):
        by_id[gallery_id].share_count = count
    for intake in await session.scalars(queries.last_intakes(ids)):
        by_id[intake.gallery_id].intake = intake


class SharedGalleries:
    """Use cases of one session, for one tenant. None commits."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def create(self, title: str, change: GalleryChange) -> SharedGallery:
        """A gallery without photos. Its faces are searched, never grouped: they are guests, not family."""
        gallery = Gallery(
            uuid=uuid4(), tenant_id=self._who.tenant_id, slug=_slug(title), title=title, is_grouped=False,
            created_at=self._clock.now(),
        )  # fmt: skip
        self._session.add(gallery)
        await self._session.flush()
        terms = GalleryTerms(gallery_id=gallery.id, tenant_id=self._who.tenant_id, words="")
        self._session.add(terms)
        await self._change(gallery, terms, change)
        return SharedGallery(gallery, terms)

    async def change(self, gallery_id: int, change: GalleryChange) -> SharedGallery:
        """Raises GalleryNotFound, ExpiryInvalid; GalleryExpired for a new end of what has ended."""
        await self._change(*await find_terms(self._session, self._who, gallery_id), change)
        return await get_shared(self._session, self._who, gallery_id)

    async def _change(self, gallery: Gallery, terms: GalleryTerms, change: GalleryChange) -> None:
        if not isinstance(change.title, _Unchanged):
            gallery.title = change.title
        if not isinstance(change.words, _Unchanged):
            terms.words = change.words
        if not isinstance(change.delete_photos_on_expiry, _Unchanged):
            terms.delete_photos_on_expiry = change.delete_photos_on_expiry
        if not isinstance(change.expires_at, _Unchanged) and change.expires_at != terms.expires_at:
            await self._expire_at(terms, change.expires_at)
        await self._session.flush()

    async def _expire_at(self, terms: GalleryTerms, moment: datetime | None) -> None:
        now = self._clock.now()
        if terms.expired_at is not None:
            raise GalleryExpired("its faces have been erased; make another gallery")
        if moment is not None and moment <= now:
            raise ExpiryInvalid("a gallery can only expire at a time to come")
        terms.expires_at = moment
        if moment is not None:
            delay = (moment - now).total_seconds()
            await Jobs(self._session, self._clock).add(
                self._who.tenant_id, [expire_job(terms.gallery_id, delay)]
            )


def expire_job(gallery_id: int, delay_seconds: float) -> NewJob:
    """Have a gallery's faces erased once its time is over, also if nobody is at work by then."""
    return NewJob(
        EXPIRE_GALLERY, {"gallery_id": gallery_id}, dedupe_key=f"{EXPIRE_GALLERY}:{gallery_id}",
        delay_seconds=delay_seconds,
    )  # fmt: skip


def _slug(title: str) -> str:
    """What an address can show of a title, told apart from others of the same title."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_CHARS].strip("-")
    return f"{words or 'gallery'}-{secrets.token_hex(3)}"
