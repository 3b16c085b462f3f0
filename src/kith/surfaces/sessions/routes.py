"""The endpoints of the sessions surface; contract.yaml says what each of them owes to whom."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import PlainTextResponse

from kith.accounts.principal import Scope
from kith.enrolment.searching import count_faces, read_status
from kith.enrolment.service import Wanted
from kith.errors import AppError, Unavailable
from kith.external_ids.service import checked
from kith.external_ids.tables import MAX_LENGTH
from kith.kit.metrics import CONTENT_TYPE
from kith.runtime import Runtime
from kith.surfaces.access import PUBLIC, needs
from kith.surfaces.health import answers, require_ready
from kith.surfaces.limiting import PerAddress
from kith.surfaces.requests import Kith, Reading, Who
from kith.surfaces.sessions import mapping, wire
from kith.surfaces.sessions.bodies import INDEX_BODY, BatchBody, IndexBody, SelfieBody
from kith.surfaces.sessions.metrics import SessionMetrics
from kith.surfaces.sessions.selfies import Defaults, search_session

PREFIXES = ("/api/v2", "/api/v1")

_SEARCH = Defaults(threshold=0.6, limit=100)
_LEGACY = Defaults(threshold=0.5, limit=50)

SessionId = Annotated[str, Path(min_length=1, max_length=MAX_LENGTH)]

_BAD = {"model": wire.SessionsFailureOut, "description": "The request cannot be used"}
_UNKNOWN = {"model": wire.SessionsFailureOut, "description": "The session has not been indexed"}
_LARGE = {"model": wire.SessionsFailureOut, "description": "Too large or too many"}
_OFTEN = {"model": wire.SessionsFailureOut, "description": "Too often; `Retry-After` says when to come back"}
_BUSY = {"model": wire.SessionsFailureOut, "description": "Busy or not ready; try again later"}

_INDEXING = PerAddress("sessions-index", lambda settings: settings.surfaces.sessions.index_per_minute)
_SEARCHING = PerAddress("sessions", lambda settings: settings.surfaces.sessions.searches_per_minute)
_INDEXES = [needs(Scope.INDEX), Depends(_INDEXING)]
_PUBLIC = [PUBLIC, Depends(_SEARCHING)]


class _Versions(APIRouter):
    """Every endpoint under both prefixes."""

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        for prefix in PREFIXES:
            super().add_api_route(f"{prefix}{path}", endpoint, **options)


router = _Versions(tags=["sessions"], responses={400: _BAD, 429: _OFTEN, 503: _BUSY})


# ── indexing ─────────────────────────────────────────────────────────────────────────────────────


@router.post(
    "/index", dependencies=_INDEXES, status_code=201, summary="Index a photo",
    responses={413: _LARGE}, openapi_extra=INDEX_BODY,
)  # fmt: skip
async def index_photo(asked: IndexBody, kith: Kith, who: Who) -> wire.IndexOut:
    """JSON with the key of the picture in the sources, or a form, which may bring the picture itself.

    Of a photo sent again the last picture counts. What cannot be indexed is not kept; `error` says why.
    """
    (done,) = await kith.enrolment(who).enrol(asked.session_id, [asked.photo])
    return mapping.enrolled_alone(done)


@router.post(
    "/index/batch", dependencies=_INDEXES, status_code=201, summary="Index many photos",
    responses={413: _LARGE},
)  # fmt: skip
async def index_batch(asked: BatchBody, kith: Kith, who: Who) -> wire.BatchOut:
    """What is wrong with single photos is told of each; all others are indexed."""
    wanted = [Wanted(it.photo_id, it.s3_key) for it in asked.photos]
    return mapping.batch(await kith.enrolment(who).enrol(asked.session_id, wanted))


@router.delete("/index/{session_id:path}", dependencies=_INDEXES, summary="Erase a session")
async def erase_session(session_id: SessionId, kith: Kith, who: Who) -> wire.ErasedOut:
    """For good: photos, faces, embeddings, ids. The sources stay. An unknown session is no error."""
    count = await kith.enrolment(who).erase(checked(session_id))
    return wire.ErasedOut(deleted=True, session_id=session_id, embeddings_removed=count)


# ── searching ────────────────────────────────────────────────────────────────────────────────────


@router.post(
    "/search", dependencies=_PUBLIC, summary="Find the photos that show a face",
    responses={404: _UNKNOWN, 413: _LARGE},
)  # fmt: skip
async def search(asked: SelfieBody, kith: Kith, who: Who) -> wire.SessionSearchOut:
    """Best first, each photo once. `threshold` is 0.6 unless said, `limit` 100. No selfie is kept."""
    return mapping.searched(await search_session(kith, who, asked, _SEARCH))


@router.post(
    "/faces/search-session", dependencies=_PUBLIC, summary="Find photos by a face, as version 1 did",
    responses={404: _UNKNOWN, 413: _LARGE},
)  # fmt: skip
async def search_legacy(asked: SelfieBody, kith: Kith, who: Who) -> wire.LegacySearchOut:
    """`threshold` is 0.5 unless said, `limit` 50. Nothing is indexed by it."""
    return mapping.searched_legacy(await search_session(kith, who, asked, _LEGACY))


@router.get(
    "/search/status/{session_id:path}", dependencies=_PUBLIC, summary="How much of a session is indexed"
)
async def search_status(session_id: SessionId, session: Reading, who: Who) -> wire.SessionStatusOut:
    return mapping.status(session_id, await read_status(session, who, session_id))


@router.get("/index/status/{session_id:path}", dependencies=_PUBLIC, summary="The same under another name")
async def index_status(session_id: SessionId, session: Reading, who: Who) -> wire.SessionStatusOut:
    return mapping.status(session_id, await read_status(session, who, session_id))


# ── the service itself ───────────────────────────────────────────────────────────────────────────


@router.get(
    "/health", dependencies=_PUBLIC, summary="Whether database and networks are there",
    responses={503: {"model": wire.SessionsHealthOut}},
)  # fmt: skip
async def health(request: Request, kith: Kith, response: Response) -> wire.SessionsHealthOut:
    uptime = int(time.monotonic() - request.app.state.started)
    told = mapping.health(await _model(kith), is_up=await answers(kith), uptime_seconds=uptime)
    response.status_code = 200 if told.status == "healthy" else 503
    return told


@router.get("/metrics", dependencies=_PUBLIC, summary="Prometheus metrics", response_class=PlainTextResponse)
async def read_metrics(request: Request, kith: Kith, who: Who) -> Response:
    metrics: SessionMetrics = request.app.state.metrics
    embeddings = 0
    with suppress(Unavailable):
        async with kith.db.read() as session:
            embeddings = await count_faces(session, who)
    text = metrics.render(embeddings=embeddings, connections=kith.db.connections)
    return Response(text, media_type=CONTENT_TYPE)


async def _model(kith: Runtime) -> str | None:
    """The pack in use, if it can be opened."""
    with suppress(AppError):
        return await require_ready(kith)
    return None
