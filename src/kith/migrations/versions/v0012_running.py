"""Uploads on their way, kinds of jobs that wait, when decisions were undone

Revision: 0012
"""

import sqlalchemy as sa
from alembic import op

from kith.kit.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("gallery_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=1000), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("modified_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_uploads_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["gallery_id"], ["galleries.id"], name=op.f("fk_uploads_gallery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("uuid", name=op.f("uq_uploads_uuid")),
        sqlite_autoincrement=True,
    )
    for column in ("tenant_id", "gallery_id", "created_at"):
        op.create_index(op.f(f"ix_uploads_{column}"), "uploads", [column], unique=False)
    op.create_table(
        "job_pauses",
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_job_pauses_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "kind", name=op.f("pk_job_pauses")),
    )
    op.create_index(
        op.f("ix_decisions_tenant_id_decisions_undone_at"), "decisions", ["tenant_id", "undone_at"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_decisions_tenant_id_decisions_undone_at"), "decisions")
    op.drop_table("job_pauses")
    op.drop_table("uploads")
