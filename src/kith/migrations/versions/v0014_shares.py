"""Links to galleries, and the guests who come by them

Revision: 0014
"""

import sqlalchemy as sa
from alembic import op

from kith.kit.db import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _shares()
    _share_days()
    _guests()
    _guest_matches()


def _shares() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("gallery_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("token_sealed", sa.String(length=500), nullable=False),
        sa.Column("consent_text", sa.String(length=4000), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("downloads", sa.Boolean(), nullable=False),
        sa.Column("only_own", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        _owner("shares", "tenant_id", "tenants"),
        _owner("shares", "gallery_id", "galleries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shares")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_shares_token_hash")),
        sqlite_autoincrement=True,
    )
    for column in ("tenant_id", "gallery_id"):
        op.create_index(op.f(f"ix_shares_{column}"), "shares", [column], unique=False)


def _share_days() -> None:
    counts = ("visits", "consents", "searches", "found", "downloads")
    op.create_table(
        "share_days",
        sa.Column("share_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        _owner("share_days", "share_id", "shares"),
        sa.PrimaryKeyConstraint("share_id", "day", name=op.f("pk_share_days")),
    )


def _guests() -> None:
    op.create_table(
        "guests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("share_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("consent_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _owner("guests", "tenant_id", "tenants"),
        _owner("guests", "share_id", "shares"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guests")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_guests_token_hash")),
        sqlite_autoincrement=True,
    )
    for column in ("tenant_id", "share_id"):
        op.create_index(op.f(f"ix_guests_{column}"), "guests", [column], unique=False)


def _guest_matches() -> None:
    op.create_table(
        "guest_matches",
        sa.Column("guest_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        _owner("guest_matches", "guest_id", "guests"),
        _owner("guest_matches", "photo_id", "photos"),
        _owner("guest_matches", "face_id", "faces"),
        sa.PrimaryKeyConstraint("guest_id", "photo_id", name=op.f("pk_guest_matches")),
    )
    for column in ("photo_id", "face_id"):
        op.create_index(op.f(f"ix_guest_matches_{column}"), "guest_matches", [column], unique=False)


def _owner(table: str, column: str, there: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{there}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )


def downgrade() -> None:
    for table in ("guest_matches", "guests", "share_days", "shares"):
        op.drop_table(table)
