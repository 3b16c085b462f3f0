"""What another pack would make of the people there are

Revision: 0015
"""

import sqlalchemy as sa
from alembic import op

from kith.kit.db import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_COUNTS = ("faces_wanted", "faces_seen", "agree", "changed", "unknown", "known")


def upgrade() -> None:
    op.create_table(
        "pack_previews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("pack", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("error_code", sa.String(length=100), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_pack_previews_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_previews")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_pack_previews_tenant_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("pack_previews")
