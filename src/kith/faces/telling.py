"""What webhooks are told of pictures that were indexed, however they came in."""

from dataclasses import dataclass

from kith.accounts import queries as account_queries
from kith.accounts.principal import Principal
from kith.accounts.signing import Signer
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.notify.service import publish
from kith.notify.tables import Event
from kith.photos.links import Links

# Where embeddings are kept, as clients are told it.
BACKEND = "kith"


@dataclass(frozen=True, slots=True)
class IndexedPicture:
    """`face_count` faces were found, of which `indexed_count` are there: those to be ignored are not."""

    sha256: str
    phash: int
    face_count: int
    indexed_count: int


async def tell_indexed(
    session: WriteSession, clock: Clock, who: Principal, links: Links, it: IndexedPicture, request_id: str
) -> None:
    data = {
        "indexed_count": it.indexed_count, "face_count": it.face_count, "phash": f"{it.phash:016x}",
        "thumb_url": links.thumbnail(it.sha256), "vector_backend": BACKEND, "request_id": request_id,
    }  # fmt: skip
    await publish(session, clock, who, Event.FACE_INDEXED, data, request_id=request_id)


async def links_for(session: WriteSession, who: Principal, signer: Signer) -> Links:
    """For whom nobody has asked in a request; the key of `signer` must have been loaded."""
    tenant = (await session.scalars(account_queries.tenant_row(who))).one()
    return Links(signer, tenant.slug)
