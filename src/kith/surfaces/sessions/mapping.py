"""Between Kith's words and the contract's: pure functions."""

from collections.abc import Sequence

from kith import __version__
from kith.enrolment.searching import GalleryStatus, PhotoMatch
from kith.enrolment.service import Enrolled
from kith.errors import Unavailable
from kith.kit.errors import SourceKeyInvalid
from kith.surfaces.sessions import wire
from kith.surfaces.sessions.selfies import Searched

_ERRORS_SHOWN = 10


def enrolled(it: Enrolled) -> wire.IndexOut:
    reason = it.error.detail if it.error is not None else None if it.faces else "No face detected"
    return wire.IndexOut(
        indexed=reason is None, photo_id=it.photo_id, confidence=it.detection_score,
        faces_detected=it.faces, error=reason,
    )  # fmt: skip


def enrolled_alone(it: Enrolled) -> wire.IndexOut:
    """As above; but a key that is none is an error of the request, and what Kith lacks one of the server."""
    if isinstance(it.error, SourceKeyInvalid | Unavailable):
        raise it.error
    return enrolled(it)


def batch(done: Sequence[Enrolled]) -> wire.BatchOut:
    results = [enrolled(it) for it in done]
    failed = [it for it in results if not it.indexed]
    return wire.BatchOut(
        indexed=len(results) - len(failed), failed=len(failed), total=len(results),
        errors=[f"{it.photo_id}: {it.error}" for it in failed[:_ERRORS_SHOWN]], results=results,
    )  # fmt: skip


def status(session_id: str, it: GalleryStatus) -> wire.SessionStatusOut:
    return wire.SessionStatusOut(
        indexed=it.photo_count > 0, session_id=session_id, photo_count=it.photo_count,
        last_indexed=it.last_indexed,
    )  # fmt: skip


def searched(it: Searched) -> wire.SessionSearchOut:
    return wire.SessionSearchOut(
        matches=[_match(match) for match in it.matches[: it.limit]], query_time_ms=it.milliseconds,
        session_id=it.session_id, total_matches=len(it.matches), indexed_photos=it.status.photo_count,
        search_threshold=it.threshold, message=_message(it),
    )  # fmt: skip


def searched_legacy(it: Searched) -> wire.LegacySearchOut:
    return wire.LegacySearchOut(
        matches=[_legacy_match(match) for match in it.matches[: it.limit]], query_time_ms=it.milliseconds,
        session_id=it.session_id, session_name=it.status.title, total_matches=len(it.matches),
        indexed_photos=it.status.photo_count, search_threshold=it.threshold, indexing_status="completed",
        indexing_progress=100.0, message=_message(it),
    )  # fmt: skip


def health(model: str | None, *, is_up: bool, uptime_seconds: int) -> wire.SessionsHealthOut:
    database = (
        wire.DatabaseOut(status="healthy", type="relational")
        if is_up
        else wire.DatabaseOut(status="unhealthy", error="the database does not answer")
    )
    network = (
        wire.ModelOut(status="healthy", model=model)
        if model is not None
        else wire.ModelOut(status="unhealthy", error="no pack is in use, or it cannot be opened")
    )
    return wire.SessionsHealthOut(
        status="healthy" if is_up and model is not None else "unhealthy", service="kith",
        version=__version__,
        uptime_seconds=uptime_seconds,
        components=wire.ComponentsOut(database=database, face_recognition_model=network),
    )  # fmt: skip


def _message(it: Searched) -> str | None:
    if not it.has_face:
        return "No face detected in the picture"
    return None if it.matches else "No matches found"


def _match(it: PhotoMatch) -> wire.SessionMatchOut:
    return wire.SessionMatchOut(photo_id=it.photo_id, similarity=it.similarity, confidence=it.detection_score)


def _legacy_match(it: PhotoMatch) -> wire.LegacyMatchOut:
    return wire.LegacyMatchOut(
        id=it.photo_id, photo_id=it.photo_id, similarity=it.similarity, confidence=it.detection_score,
        file_name=it.name, preview_path=it.location, file_path=it.location, created_at=it.created_at,
    )  # fmt: skip
