"""The person a face was taken from, until it has been thought about who was recognised by it

Revision: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("faces", sa.Column("left_person_id", sa.Integer(), nullable=True))
    op.create_index(
        "ix_faces_left", "faces", ["tenant_id", "id"],
        sqlite_where=sa.text("left_person_id IS NOT NULL"),
        postgresql_where=sa.text("left_person_id IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_faces_left", "faces")
    op.drop_column("faces", "left_person_id")
