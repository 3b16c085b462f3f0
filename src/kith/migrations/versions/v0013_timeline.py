"""What people say of photos, their place in the timeline, and the trash

Revision: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kith.kit.db import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Indexes of faces: before, and with `is_trashed`.
_BEFORE = {
    "ix_faces_person_id_faces_tenant_id_faces_is_ignored_faces_id":
        ["person_id", "tenant_id", "is_ignored", "id"],
    "ix_faces_person_id_faces_is_ignored_faces_quality": ["person_id", "is_ignored", "quality"],
    "ix_faces_person_id_faces_is_ignored_faces_photo_id": ["person_id", "is_ignored", "photo_id"],
    "ix_faces_tenant_id_faces_is_ignored_faces_id": ["tenant_id", "is_ignored", "id"],
    "ix_faces_tenant_id_faces_is_ignored_faces_state_faces_id": ["tenant_id", "is_ignored", "state", "id"],
}  # fmt: skip
_AFTER = {
    "ix_faces_of_person": ["person_id", "tenant_id", "is_ignored", "is_trashed", "id"],
    "ix_faces_by_quality": ["person_id", "is_ignored", "is_trashed", "quality"],
    "ix_faces_by_photo": ["person_id", "is_ignored", "is_trashed", "photo_id"],
    "ix_faces_shown": ["tenant_id", "is_ignored", "is_trashed", "id"],
    "ix_faces_by_state": ["tenant_id", "is_ignored", "is_trashed", "state", "id"],
}
_NEW = ("shown_at", "shown_month", "title", "caption", "rating", "is_favourite", "exif", "trashed_at")


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    # SQLite can add a column that is never null only with a value for the rows there are.
    epoch = sa.text("'1970-01-01 00:00:00.000000'")
    op.add_column("photos", sa.Column("shown_at", sa.DateTime(), nullable=False, server_default=epoch))
    op.add_column("photos", sa.Column("shown_month", sa.Integer(), nullable=False, server_default="197001"))
    op.add_column("photos", sa.Column("title", sa.String(length=500), nullable=True))
    op.add_column("photos", sa.Column("caption", sa.String(length=2000), nullable=True))
    op.add_column("photos", sa.Column("rating", sa.Integer(), nullable=True))
    op.add_column(
        "photos", sa.Column("is_favourite", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("photos", sa.Column("exif", json, nullable=True))
    op.add_column("photos", sa.Column("trashed_at", UtcDateTime(), nullable=True))
    op.add_column("faces", sa.Column("is_trashed", sa.Boolean(), server_default=sa.false(), nullable=False))
    _place()
    op.create_index(
        "ix_photos_timeline", "photos",
        ["tenant_id", "gallery_id", "trashed_at", "shown_month", "shown_at", "id", "is_favourite", "rating"],
    )  # fmt: skip
    is_trashed = sa.text("trashed_at IS NOT NULL")
    op.create_index(
        "ix_photos_trashed", "photos", ["tenant_id", "trashed_at"],
        sqlite_where=is_trashed, postgresql_where=is_trashed,
    )  # fmt: skip
    _index_faces(_AFTER, _BEFORE)


def _place() -> None:
    """Old photos into the timeline."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE photos SET shown_at = COALESCE(taken_at, created_at AT TIME ZONE 'UTC')")
        op.execute("UPDATE photos SET shown_month = CAST(to_char(shown_at, 'YYYYMM') AS INTEGER)")
        for name in ("shown_at", "shown_month"):
            op.execute(f"ALTER TABLE photos ALTER COLUMN {name} DROP DEFAULT")
    else:
        op.execute("UPDATE photos SET shown_at = COALESCE(taken_at, created_at)")
        month = "CAST(substr(shown_at, 1, 4) || substr(shown_at, 6, 2) AS INTEGER)"
        op.execute(sa.update(sa.table("photos", sa.column("shown_month"))).values(shown_month=sa.text(month)))


def downgrade() -> None:
    _index_faces(_BEFORE, _AFTER)
    op.drop_index("ix_photos_trashed", table_name="photos")
    op.drop_index("ix_photos_timeline", table_name="photos")
    op.drop_column("faces", "is_trashed")
    for name in _NEW:
        op.drop_column("photos", name)


def _index_faces(new: dict[str, list[str]], old: dict[str, list[str]]) -> None:
    for name, columns in new.items():
        op.create_index(name, "faces", columns)
    for name in old:
        op.drop_index(name, table_name="faces")
