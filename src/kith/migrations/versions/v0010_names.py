"""Names as they are looked for; indexes that covers and photos of persons are found in

Revision: 0010
"""

import sqlalchemy as sa
from alembic import op

from kith.people.names import name_key

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_persons_tenant_id_persons_name_key", "persons", ["tenant_id", "name_key"]),
    ("ix_faces_person_id_faces_is_ignored_faces_quality", "faces", ["person_id", "is_ignored", "quality"]),
    ("ix_faces_person_id_faces_is_ignored_faces_photo_id", "faces", ["person_id", "is_ignored", "photo_id"]),
)


def upgrade() -> None:
    op.add_column("persons", sa.Column("name_key", sa.String(length=400), nullable=True))
    persons = sa.table("persons", sa.column("id"), sa.column("name"), sa.column("name_key"))
    connection = op.get_bind()
    named = connection.execute(sa.select(persons.c.id, persons.c.name).where(persons.c.name.is_not(None)))
    for person_id, name in named.all():
        here = persons.c.id == person_id
        connection.execute(sa.update(persons).where(here).values(name_key=name_key(name)))
    for name, table, columns in _INDEXES:
        op.create_index(op.f(name), table, columns)


def downgrade() -> None:
    for name, table, _ in reversed(_INDEXES):
        op.drop_index(op.f(name), table_name=table)
    op.drop_column("persons", "name_key")
