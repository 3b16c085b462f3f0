"""The native surface as an application of its own."""

from fastapi import FastAPI

from kith import __version__
from kith.surfaces.native import routes_accounts, routes_galleries
from kith.surfaces.problems import install


def create_native() -> FastAPI:
    app = FastAPI(
        title="Kith", version=__version__, docs_url=None, redoc_url=None,
        description="Kith's own API: keys and tenants.", generate_unique_id_function=lambda route: route.name,
    )  # fmt: skip
    app.state.surface = "native"
    app.include_router(routes_accounts.router)
    app.include_router(routes_galleries.router)
    install(app)
    return app
