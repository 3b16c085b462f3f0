"""The perceptual hash of photos

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

from kith.kit.db import Bits64

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("photos", sa.Column("phash", Bits64(), nullable=True))


def downgrade() -> None:
    op.drop_column("photos", "phash")
