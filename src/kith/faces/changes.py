"""The log the vector index follows: which faces changed, in the order in which changes committed.

The numbers of a transaction begin at random far behind those of the one before. Two databases, or the two
futures of one that was restored, so have no number in common, and an index knows by its own whether it
belongs to this log.
"""

import secrets
from collections.abc import Iterable

from sqlalchemy import delete, insert

from kith.faces import queries
from kith.faces.tables import IndexChange
from kith.kit.db import WriteSession, before_commit, serialise

_CHANGED = "kith.changed_faces"
_GAP = 1 << 32  # numbers have 63 bits: enough for some four billion transactions


def touch(session: WriteSession, face_ids: Iterable[int]) -> None:
    """Have these faces read again by every index, once this transaction has committed."""
    session.info.setdefault(_CHANGED, set()).update(face_ids)
    before_commit(session, _CHANGED, _log_changes)


async def forget_changes(session: WriteSession) -> None:
    """Strike out the log, so that every index there is, wherever, is read anew from the database.

    A single change, of no face, stays: its number is behind all that any index has come to.
    """
    await serialise(session, "faces.changes")
    last = await session.scalar(queries.last_change()) or 0
    await session.execute(delete(IndexChange))
    await session.execute(insert(IndexChange), [{"seq": last + 1 + secrets.randbelow(_GAP), "face_id": 0}])


async def _log_changes(session: WriteSession) -> None:
    changed = sorted(session.info.pop(_CHANGED))
    if not changed:
        return
    # Without it a number taken earlier could commit later, behind the back of a reader.
    await serialise(session, "faces.changes")
    last = await session.scalar(queries.last_change()) or 0
    first = last + 1 + secrets.randbelow(_GAP)
    rows = [{"seq": seq, "face_id": face_id} for seq, face_id in enumerate(changed, first)]
    await session.execute(insert(IndexChange), rows)
