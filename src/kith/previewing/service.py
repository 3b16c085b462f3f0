"""Looking at a sample of faces with a pack before it is used."""

from kith.accounts.principal import Principal
from kith.jobs.service import Jobs, NewJob
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession, serialise
from kith.previewing import queries
from kith.previewing.errors import PreviewNotFound
from kith.previewing.tables import PackPreview, PreviewState

PREVIEW = "preview"


async def get_preview(session: ReadSession, who: Principal) -> PackPreview:
    """The last one; raises PreviewNotFound where there was none."""
    found = await session.scalar(queries.preview(who))
    if found is None:
        raise PreviewNotFound("no pack was looked at yet")
    return found


async def start_preview(session: WriteSession, who: Principal, clock: Clock, pack: str) -> PackPreview:
    """Queue a look with a pack. It takes the place of the last; one of that pack that is under way stays."""
    await serialise(session, PREVIEW, who.tenant_id)
    last = await session.scalar(queries.preview(who))
    if last is not None and last.state == PreviewState.RUNNING and last.pack == pack:
        return last
    await session.execute(queries.forget(who.tenant_id))
    started = PackPreview(
        tenant_id=who.tenant_id, pack=pack, created_at=clock.now(), state=PreviewState.RUNNING,
        faces_wanted=0, faces_seen=0, agree=0, changed=0, unknown=0, known=0,
    )  # fmt: skip
    session.add(started)
    await session.flush()
    await Jobs(session, clock).add(who.tenant_id, [NewJob(PREVIEW, {"preview_id": started.id})])
    return started
