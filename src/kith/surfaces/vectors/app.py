"""The vectors surface as an application of its own."""

from fastapi import APIRouter, FastAPI

from kith import __version__
from kith.surfaces.problems import install
from kith.surfaces.vectors import batches, faces, ingest, pipeline, upkeep, webhooks
from kith.surfaces.vectors.errors import STATUSES, error_response
from kith.surfaces.vectors.pictures import Memory

ROUTERS: tuple[APIRouter, ...] = (
    faces.router,
    batches.router,
    ingest.router,
    pipeline.router,
    upkeep.router,
    webhooks.router,
)


def create_vectors() -> FastAPI:
    app = FastAPI(
        title="Kith: the vectors surface", version=__version__, docs_url=None, redoc_url=None,
        description="Index, search, compare and verify faces, for many tenants.",
    )  # fmt: skip
    app.state.surface = "vectors"
    app.state.memory = Memory()
    for router in ROUTERS:
        app.include_router(router)
    install(app, error_response, STATUSES)
    return app
