"""Galleries by the ids that clients give them."""

from uuid import uuid4

from kith.accounts.principal import Principal
from kith.external_ids.service import ExternalIds, checked, find_gallery_id
from kith.galleries import queries
from kith.galleries.tables import Gallery
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession, serialise


async def find_gallery(
    session: ReadSession | WriteSession, who: Principal, external_id: str
) -> Gallery | None:
    """The gallery a client calls so, if there is one."""
    gallery_id = await find_gallery_id(session, who, external_id)
    return await session.scalar(queries.gallery(who, gallery_id)) if gallery_id is not None else None


class Galleries:
    """Use cases of one session, for one tenant. What a gallery holds is erased by `enrolment.erasing`."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def get(self, gallery_id: int) -> Gallery | None:
        return await self._session.scalar(queries.gallery(self._who, gallery_id))

    async def ensure(self, external_id: str) -> Gallery:
        """The gallery a client calls so, made if need be; its faces are searched, not grouped."""
        await serialise(self._session, "galleries.ensure", self._who.tenant_id)
        gallery = await find_gallery(self._session, self._who, external_id)
        if gallery is None:
            gallery = Gallery(
                uuid=(uuid := uuid4()), tenant_id=self._who.tenant_id, slug=uuid.hex,
                title=checked(external_id), is_grouped=False, created_at=self._clock.now(),
            )  # fmt: skip
            self._session.add(gallery)
            await self._session.flush()
            ExternalIds(self._session, self._who, self._clock).name_gallery(external_id, gallery.id)
        return gallery
