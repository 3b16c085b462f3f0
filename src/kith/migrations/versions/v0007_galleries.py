"""Galleries that are shown: what is told of them, their images, whom they credit, settings and trainings

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kith.kit.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("photos", sa.Column("is_settled", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "credits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_credits_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credits")),
        sa.UniqueConstraint("uuid", name=op.f("uq_credits_uuid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_credits_tenant_id_credits_kind"), "credits", ["tenant_id", "kind"], unique=False)
    op.create_table(
        "gallery_configs",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_gallery_configs_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_gallery_configs")),
    )
    op.create_table(
        "training_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("model_version", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("faces_count", sa.Integer(), nullable=False),
        sa.Column("metrics", JSON, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_training_runs_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_runs")),
        sa.UniqueConstraint("uuid", name=op.f("uq_training_runs_uuid")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_training_runs_tenant_id_training_runs_id"),
        "training_runs",
        ["tenant_id", "id"],
        unique=False,
    )
    op.create_table(
        "gallery_details",
        sa.Column("gallery_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("shoot_date", sa.Date(), nullable=True),
        sa.Column("gallery_url", sa.String(length=2048), nullable=True),
        sa.Column("external_gallery_url", sa.String(length=2048), nullable=True),
        sa.Column("cover_image_url", sa.String(length=2048), nullable=True),
        sa.Column("cover_image_square_url", sa.String(length=2048), nullable=True),
        sa.Column("sort_order", sa.String(length=50), nullable=True),
        sa.Column("photographer_id", sa.Integer(), nullable=True),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("organizer_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_gallery_details_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["credits.id"], name=op.f("fk_gallery_details_location_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"],
            ["credits.id"],
            name=op.f("fk_gallery_details_organizer_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["photographer_id"],
            ["credits.id"],
            name=op.f("fk_gallery_details_photographer_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_gallery_details_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("gallery_id", name=op.f("pk_gallery_details")),
    )
    op.create_index(op.f("ix_gallery_details_location_id"), "gallery_details", ["location_id"], unique=False)
    op.create_index(
        op.f("ix_gallery_details_organizer_id"), "gallery_details", ["organizer_id"], unique=False
    )
    op.create_index(
        op.f("ix_gallery_details_photographer_id"), "gallery_details", ["photographer_id"], unique=False
    )
    op.create_index(op.f("ix_gallery_details_tenant_id"), "gallery_details", ["tenant_id"], unique=False)
    op.create_table(
        "gallery_images",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("gallery_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("image_url", sa.String(length=2048), nullable=False),
        sa.Column("url_path", sa.String(length=2048), nullable=False),
        sa.Column("original_url", sa.String(length=2048), nullable=True),
        sa.Column("original_filename", sa.String(length=1000), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("display_order", sa.Integer(), nullable=False),
        sa.Column("download_count", sa.Integer(), nullable=False),
        sa.Column("is_processed", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_gallery_images_gallery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photos.id"], name=op.f("fk_gallery_images_photo_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_gallery_images_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery_images")),
        sa.UniqueConstraint("uuid", name=op.f("uq_gallery_images_uuid")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_gallery_images_order",
        "gallery_images",
        ["gallery_id", "display_order", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_gallery_images_photo_id"), "gallery_images", ["photo_id"], unique=False)
    op.create_index(
        op.f("ix_gallery_images_tenant_id_gallery_images_url_path"),
        "gallery_images",
        ["tenant_id", "url_path"],
        unique=False,
    )


def downgrade() -> None:
    for table in ("training_runs", "gallery_configs", "gallery_images", "gallery_details", "credits"):
        op.drop_table(table)
    op.drop_column("photos", "is_settled")
