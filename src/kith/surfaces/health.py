"""Two questions of different weight: does the database answer, and can a face be found."""

from kith.errors import AppError, Unavailable
from kith.migrations import is_current
from kith.runtime import Runtime
from kith.surfaces.errors import NotReady


async def answers(kith: Runtime) -> bool:
    """Whether the database does."""
    try:
        await is_current(kith.db)
    except Unavailable:
        return False
    return True


async def require_ready(kith: Runtime) -> str:
    """The pack in use, opened if it was not; raises NotReady with what stands in the way."""
    try:
        is_newest = await is_current(kith.db)
        recognition = await kith.recognition() if is_newest else None
        await kith.engines.check()
    except AppError as error:
        raise NotReady(error.detail, cause=error.code) from error
    if recognition is None:
        raise NotReady("the database has another schema than this version of Kith", cause="schema")
    return recognition.engine.space.pack
