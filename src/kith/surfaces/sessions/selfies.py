"""Searching a session by a selfie, which is held in memory and nowhere else."""

import time
from dataclasses import dataclass

from kith.accounts.principal import Principal
from kith.audit.tables import AuditAction
from kith.enrolment.searching import GalleryStatus, PhotoMatch, find_in_gallery, require_indexed
from kith.runtime import Runtime
from kith.surfaces.sessions.bodies import SelfieAsked
from kith.surfaces.uploads import analyse_upload


@dataclass(frozen=True, slots=True)
class Defaults:
    threshold: float
    limit: int


@dataclass(frozen=True, slots=True)
class Searched:
    """`matches` are all there are; `limit` of them are to be shown."""

    session_id: str
    status: GalleryStatus
    matches: list[PhotoMatch]
    has_face: bool
    threshold: float
    limit: int
    milliseconds: float


async def search_session(kith: Runtime, who: Principal, asked: SelfieAsked, defaults: Defaults) -> Searched:
    """Raises GalleryNotIndexed before the selfie is looked at, then what is wrong with that."""
    start = time.perf_counter()
    async with kith.db.read() as session:
        status = await require_indexed(session, who, asked.session_id)
    threshold = asked.threshold if asked.threshold is not None else defaults.threshold
    analysed = await analyse_upload(kith, asked.file, 0.0)
    async with kith.db.read() as session:
        matches = await find_in_gallery(
            analysed.recognition, session, status, analysed.found, min_similarity=threshold
        )
    counts = {"faces": len(analysed.found), "results": len(matches)}
    # In the log of whose session it is, though a guest showed no key of theirs.
    await kith.note(status.owner or who, AuditAction.SEARCH, "gallery", status.gallery_id, counts=counts)
    return Searched(
        asked.session_id, status, matches, has_face=bool(len(analysed.found)), threshold=threshold,
        limit=asked.limit or defaults.limit,
        milliseconds=round((time.perf_counter() - start) * 1000, 3),
    )  # fmt: skip
