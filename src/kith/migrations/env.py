"""Alembic's way in: runs on the connection that `kith.migrations.upgrade` opened."""

from alembic import context

from kith.accounts import tables as accounts
from kith.audit import tables as audit
from kith.batches import tables as batches
from kith.enrolment import tables as enrolment
from kith.external_ids import tables as external_ids
from kith.faces import tables as faces
from kith.galleries import tables as galleries
from kith.idempotency import tables as idempotency
from kith.ingest import tables as ingest
from kith.jobs import tables as jobs
from kith.kit.db import Base
from kith.notify import tables as notify
from kith.people import tables as people
from kith.photos import tables as photos
from kith.previewing import tables as previewing
from kith.sharing import tables as sharing

# Importing them is what fills Base.metadata.
TABLES = (
    accounts, audit, batches, enrolment, external_ids, faces, galleries, idempotency, ingest, jobs, notify,
    people, photos, previewing, sharing,
)  # fmt: skip

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
