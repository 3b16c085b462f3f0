"""The native surface as an application of its own."""

from fastapi import FastAPI

from kith import __version__
from kith.surfaces.native.routes import router
from kith.surfaces.problems import install


def create_native() -> FastAPI:
    app = FastAPI(
        title="Kith", version=__version__, docs_url=None, redoc_url=None,
        description="Kith's own API: keys and tenants.",
    )  # fmt: skip
    app.state.surface = "native"
    app.include_router(router)
    install(app)
    return app
