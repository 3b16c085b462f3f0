"""The core surface as an application of its own."""

from fastapi import FastAPI

from kith import __version__
from kith.surfaces.core.errors import CORE_STATUS, detail_response
from kith.surfaces.core.routes import router
from kith.surfaces.problems import install


def create_core() -> FastAPI:
    app = FastAPI(
        title="Kith: the core surface", version=__version__, docs_url=None, redoc_url=None,
        description="Detect, embed, search and cluster faces, and keep the persons they belong to.",
    )  # fmt: skip
    app.state.surface = "core"
    app.include_router(router)
    install(app, detail_response, CORE_STATUS)
    return app
