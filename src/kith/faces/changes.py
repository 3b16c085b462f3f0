"""The log the vector index follows: which faces changed, in the order in which changes committed."""

from collections.abc import Iterable

from sqlalchemy import insert

from kith.faces.tables import IndexChange
from kith.kit.db import WriteSession, before_commit, serialise

_CHANGED = "kith.changed_faces"


def touch(session: WriteSession, face_ids: Iterable[int]) -> None:
    """Have these faces read again by every index, once this transaction has committed."""
    session.info.setdefault(_CHANGED, set()).update(face_ids)
    before_commit(session, _CHANGED, _log_changes)


async def _log_changes(session: WriteSession) -> None:
    changed = sorted(session.info.pop(_CHANGED))
    if not changed:
        return
    # Without it a number taken earlier could commit later, behind the back of a reader.
    await serialise(session, "faces.changes")
    await session.execute(insert(IndexChange), [{"face_id": face_id} for face_id in changed])
