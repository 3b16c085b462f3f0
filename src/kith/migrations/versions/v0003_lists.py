"""Indexes that lists are counted and paged in

Revision: 0003
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW = (
    ("faces", ("person_id", "tenant_id", "is_ignored", "id")),
    ("faces", ("tenant_id", "is_ignored", "id")),
    ("faces", ("tenant_id", "is_ignored", "state", "id")),
    ("photos", ("tenant_id", "size_bytes")),
)
_OLD = (("faces", ("person_id", "id")), ("faces", ("tenant_id", "state")))


def upgrade() -> None:
    _create(_NEW)
    _drop(_OLD)


def downgrade() -> None:
    _create(_OLD)
    _drop(_NEW)


def _create(indexes: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    for table, columns in indexes:
        op.create_index(op.f(_name(table, columns)), table, list(columns))


def _drop(indexes: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    for table, columns in indexes:
        op.drop_index(op.f(_name(table, columns)), table_name=table)


def _name(table: str, columns: tuple[str, ...]) -> str:
    return "_".join(("ix", *(f"{table}_{column}" for column in columns)))
