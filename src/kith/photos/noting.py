"""What those who hand photos in say of them: where they were seen, and notes of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kith.kit.plain import require_storable
from kith.photos.errors import NotesInvalid
from kith.photos.origins import NewOrigin
from kith.photos.tables import Purpose

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

    @property
    def origin(self) -> NewOrigin:
        """The same as the origin of a photo that is kept."""
        return NewOrigin(
            Purpose.INDEX, self.site or None, self.url or None, self.seen_at, notes=dict(self.notes)
        )
