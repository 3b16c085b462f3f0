"""Photographers, locations and organizers that galleries name."""

from dataclasses import dataclass
from uuid import UUID

from kith.accounts.principal import Principal
from kith.galleries import queries
from kith.galleries.errors import CreditNotFound
from kith.galleries.tables import Credit, CreditKind
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession


@dataclass(frozen=True, slots=True)
class CreditSummary:
    credit: Credit
    gallery_count: int


async def list_credits(session: ReadSession, who: Principal, kind: CreditKind) -> list[CreditSummary]:
    """All of a kind, by name."""
    rows = await session.execute(queries.credits_of(who, kind))
    return [CreditSummary(credit, count) for credit, count in rows]


async def get_credit(
    session: ReadSession | WriteSession, who: Principal, kind: CreditKind, uuid: UUID
) -> Credit:
    """Raises CreditNotFound for what is not there or not yours."""
    credit = await session.scalar(queries.credit(who, kind, uuid))
    if credit is None:
        raise CreditNotFound(f"there is no {kind} {uuid}")
    return credit


class Credits:
    """Use cases of one session, for one tenant and one kind. None commits."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock, kind: CreditKind) -> None:
        self._session = session
        self._who = who
        self._clock = clock
        self._kind = kind

    async def create(self, name: str) -> Credit:
        credit = Credit(
            tenant_id=self._who.tenant_id, kind=self._kind, name=name, created_at=self._clock.now()
        )
        self._session.add(credit)
        await self._session.flush()
        return credit

    async def rename(self, uuid: UUID, name: str) -> Credit:
        credit = await get_credit(self._session, self._who, self._kind, uuid)
        credit.name = name
        return credit

    async def delete(self, uuid: UUID) -> None:
        """Galleries that named it name nobody from now on."""
        await self._session.delete(await get_credit(self._session, self._who, self._kind, uuid))
        await self._session.flush()
