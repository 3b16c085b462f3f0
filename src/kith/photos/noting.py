"""What those who hand photos in say of them: where they were seen, and notes of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kith.accounts.principal import Principal
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.kit.plain import require_storable
from kith.photos import queries
from kith.photos.errors import NotesInvalid
from kith.photos.tables import PhotoNotes

MAX_URL_LENGTH = 2048
MAX_SITE_LENGTH = 255
MAX_NOTES_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Notes:
    """`notes` is JSON-ready; what is empty says nothing."""

    url: str = ""
    site: str = ""
    seen_at: datetime | None = None
    notes: Mapping[str, object] = field(default_factory=dict[str, object])

    def check(self) -> None:
        """Raise NotesInvalid for what the databases cannot keep."""
        if len(self.url) > MAX_URL_LENGTH or len(self.site) > MAX_SITE_LENGTH:
            raise NotesInvalid(
                f"an address has at most {MAX_URL_LENGTH:,} characters, a site {MAX_SITE_LENGTH}"
            )
        try:
            require_storable([self.url, self.site, dict(self.notes)], MAX_NOTES_BYTES)
        except ValueError as error:
            raise NotesInvalid(f"what is said of a photo {error}") from error


async def note(session: WriteSession, who: Principal, clock: Clock, photo_id: int, told: Notes) -> None:
    """Note what is said of a photo of the tenant's; its turn to register must have been taken.

    What was said before stays, unless it is said anew.
    """
    row = await session.scalar(queries.notes_of(who, [photo_id]))
    if row is None:
        row = PhotoNotes(tenant_id=who.tenant_id, photo_id=photo_id, url="", site="", notes={})
        session.add(row)
    row.url, row.site = told.url or row.url, told.site or row.site
    row.seen_at = told.seen_at or row.seen_at
    row.notes = {**row.notes, **told.notes}
    row.updated_at = clock.now()
    await session.flush()
