"""Galleries of clients: their own ids of galleries and photos, and galleries that are not grouped

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

from kith.kit.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "galleries", sa.Column("is_grouped", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.create_table(
        "external_ids",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("gallery_id", sa.Integer(), nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_external_ids_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_external_ids_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photos.id"], name=op.f("fk_external_ids_photo_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_ids")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_external_ids_gallery_id"), "external_ids", ["gallery_id"], unique=False)
    op.create_index(op.f("ix_external_ids_photo_id"), "external_ids", ["photo_id"], unique=False)
    op.create_index(
        "uq_external_ids_photos",
        "external_ids",
        ["tenant_id", "gallery_id", "kind", "value"],
        unique=True,
        sqlite_where=sa.text("kind = 'photo'"),
        postgresql_where=sa.text("kind = 'photo'"),
    )
    op.create_index(
        "uq_external_ids_others",
        "external_ids",
        ["tenant_id", "kind", "value"],
        unique=True,
        sqlite_where=sa.text("kind <> 'photo'"),
        postgresql_where=sa.text("kind <> 'photo'"),
    )


def downgrade() -> None:
    op.drop_table("external_ids")
    op.drop_column("galleries", "is_grouped")
