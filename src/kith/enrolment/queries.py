"""What is shown of faces under the ids of clients."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select

from kith.accounts.principal import Principal, visible_to
from kith.external_ids.tables import ExternalId, Kind
from kith.faces.tables import Face
from kith.photos.tables import File, Photo

MatchRow = Select[int, float, str, int, str, datetime]


def matches(who: Principal, face_ids: Sequence[int]) -> MatchRow:
    """Face, its detection score, the client's id of its photo, the photo, its name, and since when."""
    stmt = (
        select(
            Face.id, Face.detection_score, ExternalId.value, Photo.id, Photo.original_name,
            ExternalId.created_at,
        )
        .join(Photo, Photo.id == Face.photo_id)
        .join(ExternalId, (ExternalId.photo_id == Photo.id) & (ExternalId.kind == Kind.PHOTO))
        .where(Face.id.in_(face_ids))
        .order_by(Face.id, ExternalId.id)
    )  # fmt: skip
    return visible_to(stmt, Face, who)


def places(photo_ids: Sequence[int]) -> Select[int, str]:
    """(photo, where its bytes are)."""
    return select(File.photo_id, File.location).where(File.photo_id.in_(photo_ids)).order_by(File.id)
