"""Galleries that are shown to visitors: made, described, listed."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from kith.accounts.principal import Principal
from kith.galleries import queries
from kith.galleries.crediting import get_credit
from kith.galleries.errors import GalleryNotFound
from kith.galleries.tables import Credit, CreditKind, Gallery, GalleryDetails
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession

# What a client may say of a gallery beside its title, as it stands in GalleryDetails.
TOLD = (
    "shoot_date", "gallery_url", "external_gallery_url", "cover_image_url", "cover_image_square_url",
    "sort_order",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownGallery:
    gallery: Gallery
    details: GalleryDetails
    photographer: Credit | None
    location: Credit | None
    organizer: Credit | None
    image_count: int


async def list_shown(session: ReadSession, who: Principal, *, by_shoot_date: bool) -> list[ShownGallery]:
    """All of them, the newest, or those shot last, first."""
    rows = await session.execute(queries.newest_shown(who, by_shoot_date=by_shoot_date))
    return [ShownGallery(*row) for row in rows]


async def get_shown(session: ReadSession | WriteSession, who: Principal, uuid: UUID) -> ShownGallery:
    """Raises GalleryNotFound for what is not there, not shown or not yours."""
    row = (await session.execute(queries.shown_by_id(who, uuid))).first()
    if row is None:
        raise GalleryNotFound(f"there is no gallery {uuid}")
    return ShownGallery(*row)


class Showing:
    """Use cases of one session, for one tenant. None commits; what a gallery holds is erased by `tagging`."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def create(self, title: str, told: Mapping[str, object]) -> Gallery:
        """A gallery without images; `told` are values of `TOLD`, and credits by their UUID.

        Its faces are searched; they are grouped when somebody asks, not by themselves.
        """
        gallery = Gallery(
            uuid=(uuid := uuid4()), tenant_id=self._who.tenant_id, slug=uuid.hex, title=title,
            is_grouped=False, created_at=self._clock.now(),
        )  # fmt: skip
        self._session.add(gallery)
        await self._session.flush()
        details = GalleryDetails(
            gallery_id=gallery.id, tenant_id=self._who.tenant_id, updated_at=self._clock.now()
        )
        await self._tell(details, told)
        self._session.add(details)
        await self._session.flush()
        return gallery

    async def update(self, uuid: UUID, title: str | None, told: Mapping[str, object]) -> None:
        """Change what is named in `told`; raises GalleryNotFound, CreditNotFound."""
        row = (await self._session.execute(queries.details(self._who, uuid))).first()
        if row is None:
            raise GalleryNotFound(f"there is no gallery {uuid}")
        gallery, details = row
        gallery.title = title if title is not None else gallery.title
        await self._tell(details, told)
        details.updated_at = self._clock.now()
        await self._session.flush()

    async def _tell(self, details: GalleryDetails, told: Mapping[str, object]) -> None:
        for name in TOLD:
            if name in told:
                setattr(details, name, told[name])
        for kind in CreditKind:
            name = f"{kind}_id"
            if name in told:
                uuid = told[name]
                is_named = isinstance(uuid, UUID)
                credit = await get_credit(self._session, self._who, kind, uuid) if is_named else None
                setattr(details, name, credit.id if credit is not None else None)
