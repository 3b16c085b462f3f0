"""Galleries found by their ids over all tenants

Revision: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_external_ids_galleries", "external_ids", ["value"],
        sqlite_where=sa.text("kind = 'gallery'"), postgresql_where=sa.text("kind = 'gallery'"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_external_ids_galleries", "external_ids")
