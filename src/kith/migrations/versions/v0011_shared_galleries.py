"""Galleries that are shared, and what is taken into them from the sources

Revision: 0011
"""

import sqlalchemy as sa
from alembic import op

from kith.kit.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gallery_terms",
        sa.Column("gallery_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("delete_photos_on_expiry", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("expired_at", UtcDateTime(), nullable=True),
        *_owners("gallery_terms"),
        sa.PrimaryKeyConstraint("gallery_id", name=op.f("pk_gallery_terms")),
    )
    op.create_index(op.f("ix_gallery_terms_tenant_id"), "gallery_terms", ["tenant_id"], unique=False)
    op.create_table(
        "gallery_intakes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("gallery_id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=1024), nullable=False),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("added", sa.Integer(), server_default="0", nullable=False),
        sa.Column("duplicates", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_code", sa.String(length=100), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        *_owners("gallery_intakes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery_intakes")),
        sqlite_autoincrement=True,
    )
    for column in ("tenant_id", "gallery_id"):
        op.create_index(op.f(f"ix_gallery_intakes_{column}"), "gallery_intakes", [column], unique=False)
    # Photos of a gallery are counted by their states.
    op.create_index("ix_photos_gallery_id_state", "photos", ["gallery_id", "state"], unique=False)


def _owners(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{owner}_id"], [f"{there}.id"], name=op.f(f"fk_{table}_{owner}_id"), ondelete="CASCADE"
        )
        for owner, there in (("tenant", "tenants"), ("gallery", "galleries"))
    ]


def downgrade() -> None:
    op.drop_index("ix_photos_gallery_id_state", "photos")
    op.drop_table("gallery_intakes")
    op.drop_table("gallery_terms")
