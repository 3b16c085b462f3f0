"""Links to galleries: made, changed, revoked, counted."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from kith.accounts.principal import Principal
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession
from kith.kit.errors import SecretSealed
from kith.kit.secrets import Sealer
from kith.sharing import queries
from kith.sharing.errors import ExpiryInvalid, GalleryExpired, ShareNotFound
from kith.sharing.galleries import find_terms
from kith.sharing.tables import Share, ShareDay

CONSENT = (
    "To find you, your selfie is compared with the faces in this gallery. It is not kept. What was found "
    "is forgotten when you say so, and at the latest when the gallery ends."
)
COUNTS = ("visits", "consents", "searches", "found", "downloads")
DAYS_SHOWN = 366
_TOKEN_BYTES = 24
_PASSWORDS = PasswordHash((Argon2Hasher(),))


@dataclass(frozen=True, slots=True)
class NewShare:
    consent_text: str
    password: str | None
    expires_at: datetime | None
    downloads: bool
    only_own: bool


@dataclass(frozen=True, slots=True)
class ShareStatistics:
    totals: dict[str, int]
    days: Sequence[ShareDay]


def new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def hash_password(password: str) -> str:
    """Argon2id; takes a while, so off the event loop."""
    return _PASSWORDS.hash(password)


def is_password(password: str, stored: str) -> bool:
    """The same, for one that is shown."""
    return _PASSWORDS.verify(password, stored)


def path_of(sealer: Sealer, it: Share) -> str | None:
    """Where the link leads; None if it was sealed with another key and cannot be shown again."""
    try:
        return f"/g/{sealer.open(it.token_sealed)}"
    except SecretSealed:
        return None


async def get_share(session: ReadSession | WriteSession, who: Principal, share_id: int) -> Share:
    """Raises ShareNotFound for what is not there or not yours."""
    found = await session.scalar(queries.share(who, share_id))
    if found is None:
        raise ShareNotFound(f"there is no link {share_id}")
    return found


async def list_shares(
    session: ReadSession, who: Principal, gallery_id: int, before_id: int | None, limit: int
) -> Sequence[Share]:
    """The newest first; raises GalleryNotFound."""
    await find_terms(session, who, gallery_id)
    return (await session.scalars(queries.shares(who, gallery_id, before_id, limit))).all()


async def read_share_statistics(session: ReadSession, who: Principal, share_id: int) -> ShareStatistics:
    """Raises ShareNotFound."""
    await get_share(session, who, share_id)
    totals = (await session.execute(queries.share_totals(share_id))).one()
    days = (await session.scalars(queries.share_days(share_id, DAYS_SHOWN))).all()
    return ShareStatistics(dict(zip(COUNTS, totals, strict=True)), days)


async def count(session: WriteSession, clock: Clock, share_id: int, **more: int) -> None:
    """Add to what guests did by a link today."""
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    row = {**dict.fromkeys(COUNTS, 0), **more, "share_id": share_id, "day": clock.now().date()}
    sums = {name: getattr(ShareDay, name) + amount for name, amount in more.items()}
    stmt = insert(ShareDay).values(row)
    await session.execute(stmt.on_conflict_do_update(index_elements=["share_id", "day"], set_=sums))


class Shares:
    """Use cases of one session, for one tenant. None commits. Passwords come hashed."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock, sealer: Sealer) -> None:
        self._session = session
        self._who = who
        self._clock = clock
        self._sealer = sealer

    async def create(self, gallery_id: int, new: NewShare, password_hash: str | None) -> Share:
        """Raises GalleryNotFound, GalleryExpired, ExpiryInvalid."""
        _, terms = await find_terms(self._session, self._who, gallery_id)
        if terms.expired_at is not None:
            raise GalleryExpired("nobody can be found in it any more")
        self._require_later(new.expires_at)
        token = new_token()
        share = Share(
            tenant_id=self._who.tenant_id, gallery_id=gallery_id, token_hash=token_hash(token),
            token_sealed=self._sealer.seal(token), consent_text=new.consent_text,
            password_hash=password_hash, downloads=new.downloads, only_own=new.only_own,
            created_at=self._clock.now(), expires_at=new.expires_at,
        )  # fmt: skip
        self._session.add(share)
        await self._session.flush()
        return share

    async def change(self, share_id: int, said: dict[str, object]) -> Share:
        """Set what was said of a link; raises ShareNotFound, ExpiryInvalid."""
        share = await get_share(self._session, self._who, share_id)
        moment = said.get("expires_at")
        if isinstance(moment, datetime):
            self._require_later(moment)
        for name, value in said.items():
            setattr(share, name, value)
        await self._session.flush()
        return share

    async def revoke(self, share_id: int) -> Share:
        """At once, and whoever is inside is put out; the numbers stay. Raises ShareNotFound."""
        share = await get_share(self._session, self._who, share_id)
        share.revoked_at = share.revoked_at or self._clock.now()
        await self._session.execute(queries.forget_guests(share_id))
        await self._session.flush()
        return share

    def _require_later(self, moment: datetime | None) -> None:
        if moment is not None and moment <= self._clock.now():
            raise ExpiryInvalid("a link can only expire at a time to come")
