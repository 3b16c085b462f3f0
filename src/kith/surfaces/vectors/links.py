"""Addresses of pictures for who asks."""

from kith.accounts.principal import Principal
from kith.photos.links import Links
from kith.runtime import Runtime
from kith.tenants.service import get_own


async def links_of(kith: Runtime, who: Principal, root: str) -> Links:
    await kith.signer.load()
    async with kith.db.read() as session:
        return Links(kith.signer, (await get_own(session, who)).slug, root)
