"""The one table between the ids of clients and ours."""

from collections.abc import Mapping, Sequence

from kith.accounts.principal import Principal
from kith.external_ids import queries
from kith.external_ids.errors import ExternalIdInvalid
from kith.external_ids.tables import MAX_LENGTH, ExternalId, Kind
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession


def checked(value: str) -> str:
    """An id both databases can keep: text of 1 to 255 characters, without NUL and half characters."""
    if not 1 <= len(value) <= MAX_LENGTH:
        raise ExternalIdInvalid(f"an id has 1 to {MAX_LENGTH} characters, this one {len(value):,}")
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ExternalIdInvalid("an id must not hold the character NUL, or half a character")
    return value


async def find_gallery_id(session: ReadSession | WriteSession, who: Principal, value: str) -> int | None:
    """The gallery a client calls so, if there is one."""
    return await session.scalar(queries.gallery(who, checked(value)))


async def find_person_id(session: ReadSession | WriteSession, who: Principal, value: str) -> int | None:
    """The person a client calls so, if there is one."""
    row = await session.scalar(queries.person(who, checked(value)))
    return row.person_id if row is not None else None


class ExternalIds:
    """Use cases of one session, for one tenant; whoever writes must have taken a turn of the tenant's."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    def name_gallery(self, value: str, gallery_id: int) -> None:
        """Let an id that is not in use stand for a gallery."""
        self._session.add(self._new(Kind.GALLERY, checked(value), gallery_id, None))

    async def name_person(self, value: str, person_id: int) -> None:
        """Let an id stand for a person, whoever it stood for before."""
        row = await self._session.scalar(queries.person(self._who, checked(value)))
        if row is None:
            row = self._new(Kind.PERSON, checked(value), None, None)
            self._session.add(row)
        row.person_id, row.updated_at = person_id, self._clock.now()
        await self._session.flush()

    async def name_photos(self, gallery_id: int, photos: Mapping[str, int]) -> list[int]:
        """Let ids stand for photos (by their own id) of a gallery; the photos that no id stands for now."""
        rows = await self._session.scalars(queries.photos(self._who, gallery_id, list(photos)))
        known = {row.value: row for row in rows}
        before = {row.photo_id for row in known.values() if row.photo_id is not None}
        for value, photo_id in photos.items():
            row = known.get(value)
            if row is None:
                self._session.add(self._new(Kind.PHOTO, checked(value), gallery_id, photo_id))
            else:
                row.photo_id, row.updated_at = photo_id, self._clock.now()
        await self._session.flush()
        return await self._without_id(sorted(before))

    async def _without_id(self, photo_ids: Sequence[int]) -> list[int]:
        named = set(await self._session.scalars(queries.standing_for(photo_ids)))
        return [photo_id for photo_id in photo_ids if photo_id not in named]

    def _new(self, kind: Kind, value: str, gallery_id: int | None, photo_id: int | None) -> ExternalId:
        now = self._clock.now()
        return ExternalId(
            tenant_id=self._who.tenant_id, kind=kind, value=value, gallery_id=gallery_id, photo_id=photo_id,
            created_at=now, updated_at=now,
        )  # fmt: skip
