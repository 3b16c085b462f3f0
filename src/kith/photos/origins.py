"""What is remembered of how photos came in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kith.accounts.principal import Principal
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.photos import queries
from kith.photos.service import Outcome, Registered
from kith.photos.tables import PhotoOrigin, Purpose


@dataclass(frozen=True, slots=True)
class NewOrigin:
    """What a client says of a photo; None leaves what is known. `notes`, JSON-ready, add to what there is."""

    purpose: Purpose
    site: str | None = None
    url: str | None = None
    seen_at: datetime | None = None
    notes: Mapping[str, object] = field(default_factory=dict[str, object])


async def note_origin(
    session: WriteSession, who: Principal, clock: Clock, registered: Registered, new: NewOrigin
) -> Purpose:
    """Note how a photo came in; what it is kept for now.

    One that was there already never becomes a query or a sight of some site, for these go in time.
    """
    row = await session.scalar(queries.origin(who, registered.photo.id))
    is_new = registered.outcome is Outcome.ADDED
    has_end = is_new or (row is not None and (row.site is not None or row.purpose == Purpose.QUERY))
    if row is None:
        if not is_new and new.purpose is Purpose.QUERY:
            return Purpose.INDEX
        purpose = new.purpose if is_new else Purpose.INDEX
        row = PhotoOrigin(
            photo_id=registered.photo.id, tenant_id=who.tenant_id, purpose=purpose, notes={}
        )  # fmt: skip
        row.created_at = clock.now()
        session.add(row)
    elif row.purpose == Purpose.QUERY or new.purpose == Purpose.INDEX:
        row.purpose, row.created_at = new.purpose, clock.now()
    row.site = (new.site or row.site) if has_end else None
    row.url = new.url or row.url
    row.seen_at = new.seen_at or row.seen_at
    row.notes = {**row.notes, **new.notes}
    return Purpose(row.purpose)
