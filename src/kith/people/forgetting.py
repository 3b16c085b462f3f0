"""Taking faces that are erased out of everything said about people."""

from collections.abc import Sequence

from sqlalchemy import update

from kith.kit.chunks import chunks
from kith.kit.db import WriteSession
from kith.people import queries
from kith.people.tables import Person
from kith.people.undoing import living_changes


async def forget_faces(session: WriteSession, face_ids: Sequence[int]) -> None:
    """Take erased faces out of the history and from the covers; what decisions say of others stays."""
    gone = set(face_ids)
    for some in chunks(face_ids):
        for decision in (await session.scalars(queries.decisions_about_faces(some))).all():
            changes = living_changes(decision.changes, set(), gone)
            if changes:
                decision.changes = changes
            else:
                await session.delete(decision)
        await session.flush()
        await session.execute(queries.forget_faces(some))
        covered = Person.cover_face_id.in_(some)
        await session.execute(update(Person).where(covered).values(cover_face_id=None))
