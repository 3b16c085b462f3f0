"""The log the vector index follows: which faces changed, in the order in which changes committed."""

from collections.abc import Iterable

from sqlalchemy import insert, text

from kith.faces.tables import IndexChange
from kith.kit.db import WriteSession, before_commit

_CHANGED = "kith.changed_faces"
_LOCK_KEY = 0x66616365


def touch(session: WriteSession, face_ids: Iterable[int]) -> None:
    """Have these faces read again by every index, once this transaction has committed."""
    session.info.setdefault(_CHANGED, set()).update(face_ids)
    before_commit(session, _CHANGED, _log_changes)


async def _log_changes(session: WriteSession) -> None:
    changed = sorted(session.info.pop(_CHANGED))
    if not changed:
        return
    if session.get_bind().dialect.name == "postgresql":
        # Without it a number taken earlier could commit later, behind the back of a reader.
        await session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
    await session.execute(insert(IndexChange), [{"face_id": face_id} for face_id in changed])
