"""Making another embedding space the library's own."""

from kith.accounts.principal import Principal
from kith.faces import queries
from kith.faces.recognition import activate
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.photos.service import Photos


async def choose_space(session: WriteSession, clock: Clock, space_id: int) -> int:
    """Use a space from now on and queue the photos it has not seen, of all tenants; how many these are."""
    await activate(session, space_id)
    unseen: dict[int, list[int]] = {}
    for tenant_id, photo_id in await session.execute(queries.photos_unseen_by(space_id)):
        unseen.setdefault(tenant_id, []).append(photo_id)
    for tenant_id, photo_ids in unseen.items():
        await Photos(session, Principal(tenant_id), clock).analyse(photo_ids)
    return sum(map(len, unseen.values()))
