"""What the people who run Kith ask: is it alive, is it ready, what does it do, and how is it called."""

from collections.abc import Sequence
from contextlib import suppress

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from pydantic import BaseModel

from kith import __version__
from kith.accounts.principal import Principal, Scope
from kith.errors import Unavailable
from kith.jobs.service import queue_counts
from kith.kit.metrics import CONTENT_TYPE, JobCount, Metrics
from kith.runtime import Runtime
from kith.surfaces.access import PUBLIC, needs
from kith.surfaces.health import require_ready
from kith.surfaces.problems import install
from kith.surfaces.reference import merged_openapi, reference_page
from kith.surfaces.requests import Kith

# The page brings all it needs; should anything in it ever try to load more, the browser refuses.
_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class ProblemOut(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str


class LiveOut(BaseModel):
    status: str


class ReadyOut(BaseModel):
    status: str
    pack: str


router = APIRouter(tags=["operations"])


@router.get("/health/live", dependencies=[PUBLIC], summary="Whether the process answers")
async def live() -> LiveOut:
    return LiveOut(status="live")


@router.get(
    "/health/ready",
    dependencies=[PUBLIC],
    summary="Whether it can do its work",
    responses={503: {"model": ProblemOut}},
)
async def ready(kith: Kith) -> ReadyOut:
    """The database answers, its schema is the newest, and the pack in use is loaded."""
    return ReadyOut(status="ready", pack=await require_ready(kith))


@router.get(
    "/metrics",
    dependencies=[needs(Scope.READ)],
    summary="Prometheus metrics",
    response_class=PlainTextResponse,
)
async def read_metrics(request: Request, kith: Kith) -> Response:
    metrics: Metrics = request.app.state.metrics
    text = metrics.render(kith.pools, await _job_counts(kith))
    return Response(text, media_type=CONTENT_TYPE)


@router.get(
    "/openapi.json",
    dependencies=[needs(Scope.READ)],
    summary="All endpoints, for machines",
    response_class=JSONResponse,
)
async def openapi(request: Request) -> Response:
    return JSONResponse(merged_openapi(request.app.state.surfaces))


@router.get(
    "/docs",
    dependencies=[needs(Scope.READ)],
    summary="All endpoints, for humans",
    response_class=HTMLResponse,
)
async def docs(request: Request) -> Response:
    page = reference_page(merged_openapi(request.app.state.surfaces))
    return HTMLResponse(page, headers={"content-security-policy": _PAGE_POLICY})


def create_operations(surfaces: Sequence[FastAPI], metrics: Metrics) -> FastAPI:
    """The application for those who run Kith; it describes itself and these surfaces."""
    app = FastAPI(
        title="Kith: operations", version=__version__, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.include_router(router)
    app.state.surface = "operations"
    app.state.metrics = metrics
    app.state.surfaces = (app, *surfaces)
    install(app)
    return app


async def _job_counts(kith: Runtime) -> list[JobCount]:
    """The queue; nothing of it while the database is away, for then the other metrics matter most."""
    with suppress(Unavailable):
        async with kith.db.read() as session:
            counts = await queue_counts(session, Principal().tenant_id)
        return [JobCount(it.kind, it.state, it.count) for it in counts]
    return []
