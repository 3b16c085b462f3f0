"""Guests: let in by a link, found by a selfie that is kept nowhere, shown what they may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kith.accounts.principal import Principal
from kith.audit.service import record
from kith.audit.tables import AuditAction
from kith.faces.recognition import Recognition
from kith.faces.tables import Face
from kith.galleries.tables import Gallery
from kith.index.base import Float32, Scope
from kith.kit.chunks import chunks
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession
from kith.photos import queries as photo_queries
from kith.photos.errors import PhotoNotFound
from kith.photos.tables import File, Photo
from kith.sharing import queries
from kith.sharing.errors import GuestUnknown, ShareExpired, ShareNotFound
from kith.sharing.shares import count, new_token, token_hash
from kith.sharing.tables import GalleryTerms, Guest, GuestMatch, Share

# The most photos one guest is found in.
MAX_MATCHES = 5000


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that may be used, with the gallery behind it."""

    share: Share
    gallery: Gallery
    terms: GalleryTerms

    @property
    def expires_at(self) -> datetime | None:
        """When the link or the gallery ends, whichever is first."""
        return min((it for it in (self.share.expires_at, self.terms.expires_at) if it), default=None)

    def principal(self, guest: Guest | None = None) -> Principal:
        """Who a guest is to the domain: of the gallery's tenant, allowed nothing by themselves."""
        actor = f"guest {guest.id}" if guest is not None else f"share {self.share.id}"
        return Principal(self.share.tenant_id, actor, frozenset())


@dataclass(frozen=True, slots=True)
class GuestPhoto:
    """A photo a guest may see; with the face they were found by, if they were."""

    photo: Photo
    face: Face | None
    similarity: float | None


async def open_share(session: ReadSession | WriteSession, clock: Clock, token: str) -> Opened:
    """Raises ShareNotFound for what was made up or revoked alike, ShareExpired."""
    row = (await session.execute(queries.share_with(token_hash(token)))).first()
    if row is None or row[0].revoked_at is not None:
        raise ShareNotFound("there is no such link")
    opened = Opened(*row)
    if opened.terms.expired_at is not None or (opened.expires_at and opened.expires_at <= clock.now()):
        raise ShareExpired("the gallery can no longer be looked at")
    return opened


async def find_guest(session: ReadSession | WriteSession, opened: Opened, shown: str | None) -> Guest:
    """Raises GuestUnknown for who has not entered, or was put out."""
    guest = await session.scalar(queries.guest_with(opened.share.id, token_hash(shown))) if shown else None
    if guest is None:
        raise GuestUnknown("enter the gallery first")
    return guest


async def enter(session: WriteSession, clock: Clock, opened: Opened) -> str:
    """Let somebody in who has consented; the token they are known by from then on."""
    token = new_token()
    session.add(
        Guest(
            tenant_id=opened.share.tenant_id, share_id=opened.share.id, token_hash=token_hash(token),
            consent_hash=token_hash(opened.share.consent_text), created_at=clock.now(),
        )
    )  # fmt: skip
    await count(session, clock, opened.share.id, consents=1)
    return token


async def find_in(
    recognition: Recognition, opened: Opened, vector: Float32, least: float
) -> dict[int, float]:
    """Faces of this gallery alone that are at least that similar: {face: similarity}, best first."""
    scope = Scope(opened.share.tenant_id, opened.gallery.id)
    cosine = recognition.calibration.cosine(least)
    (near,) = await recognition.within(vector[None], scope, cosine)
    similarity = recognition.calibration.similarity(near.cosines).tolist()
    return dict(zip(near.face_ids.tolist(), similarity, strict=True))


async def remember(
    session: WriteSession, clock: Clock, opened: Opened, guest: Guest, faces: Mapping[int, float]
) -> list[GuestPhoto]:
    """Keep which photos a guest was found in, in place of what was found before; those photos, best first."""
    share_id = opened.share.id
    photo_of: dict[int, int] = {}
    for some in chunks(list(faces)):
        rows = await session.execute(queries.faces_in_gallery(opened.gallery.id, some))
        photo_of |= {row[0]: row[1] for row in rows}
    best: dict[int, int] = {}
    for face_id in faces:
        if face_id in photo_of and len(best) < MAX_MATCHES:
            best.setdefault(photo_of[face_id], face_id)
    await session.execute(queries.forget_matches(guest.id))
    session.add_all(
        GuestMatch(guest_id=guest.id, photo_id=photo_id, face_id=face_id, similarity=faces[face_id])
        for photo_id, face_id in best.items()
    )
    await session.flush()
    await count(session, clock, share_id, searches=1, found=len(best))
    record(
        session, clock, opened.principal(guest), AuditAction.SEARCH, "gallery", opened.gallery.id,
        counts={"faces": 1, "results": len(best)},
    )  # fmt: skip
    rows = await session.execute(queries.matched_photos(guest.id, MAX_MATCHES))
    return [GuestPhoto(photo, face, similarity) for photo, face, similarity in rows]


async def list_photos(
    session: ReadSession, opened: Opened, guest: Guest, after_id: int, limit: int
) -> list[GuestPhoto]:
    rows = await session.execute(queries.guest_photos(opened.share, guest.id, after_id, limit))
    return [GuestPhoto(*row) for row in rows]


async def get_visible(
    session: ReadSession, opened: Opened, guest: Guest, photo_id: int
) -> tuple[Photo, Sequence[File]]:
    """A photo with its files; raises PhotoNotFound for what this guest may not see."""
    photo = await session.scalar(queries.guest_photo(opened.share, guest.id, photo_id))
    if photo is None:
        raise PhotoNotFound(f"there is no photo {photo_id}")
    return photo, (await session.scalars(photo_queries.files_of([photo.id]))).all()


async def visible_ids(
    session: ReadSession, opened: Opened, guest: Guest, wanted: Sequence[int] | None
) -> list[int]:
    """Those wanted, each once, else all a guest may see; raises PhotoNotFound for what they may not."""
    if wanted is None:
        return list(await session.scalars(queries.guest_ids(opened.share, guest.id).limit(MAX_MATCHES)))
    unique = list(dict.fromkeys(wanted))
    statement = queries.guest_ids(opened.share, guest.id).where(Photo.id.in_(unique))
    if len(set(await session.scalars(statement))) != len(unique):
        raise PhotoNotFound("one of these photos is not there")
    return unique


async def forget(session: WriteSession, guest: Guest) -> None:
    """Delete all that is kept of a guest."""
    await session.delete(guest)
    await session.flush()


async def count_visit(session: WriteSession, clock: Clock, opened: Opened) -> None:
    await count(session, clock, opened.share.id, visits=1)


async def count_download(session: WriteSession, clock: Clock, opened: Opened) -> None:
    """One photo that was taken away."""
    await count(session, clock, opened.share.id, downloads=1)
