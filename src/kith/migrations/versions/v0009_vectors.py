"""How photos came in, persons by ids of clients and the faces they are enrolled by, keys of the server

Revision: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kith.kit.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _photo_origins()
    # SQLite cannot add a constraint to a table that is there, so there the table is copied.
    with op.batch_alter_table("external_ids", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_external_ids_person_id"), "persons", ["person_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index(op.f("ix_external_ids_person_id"), "external_ids", ["person_id"], unique=False)
    _enrolled_faces()
    op.create_table(
        "server_keys",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_server_keys")),
    )


def _photo_origins() -> None:
    op.create_table(
        "photo_origins",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("site", sa.String(length=255), nullable=True),
        sa.Column("url", sa.String(length=4096), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("notes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photos.id"], name=op.f("fk_photo_origins_photo_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_photo_origins_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_photo_origins")),
    )
    op.create_index(
        "ix_photo_origins_purpose", "photo_origins", ["tenant_id", "purpose", "created_at"], unique=False
    )


def _enrolled_faces() -> None:
    op.create_table(
        "enrolled_faces",
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["face_id"], ["faces.id"], name=op.f("fk_enrolled_faces_face_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_enrolled_faces_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_enrolled_faces_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("face_id", name=op.f("pk_enrolled_faces")),
    )
    for column in ("tenant_id", "person_id"):
        op.create_index(op.f(f"ix_enrolled_faces_{column}"), "enrolled_faces", [column], unique=False)


def downgrade() -> None:
    op.drop_table("server_keys")
    op.drop_table("enrolled_faces")
    op.drop_index(op.f("ix_external_ids_person_id"), "external_ids")
    with op.batch_alter_table("external_ids", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_constraint(op.f("fk_external_ids_person_id"), type_="foreignkey")
        table.drop_column("person_id")
    op.drop_table("photo_origins")
