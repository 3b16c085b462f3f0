"""The galleries surface as an application of its own."""

from fastapi import FastAPI

from kith import __version__
from kith.surfaces.galleries import (
    routes_faces,
    routes_galleries,
    routes_people,
    routes_recognition,
    routes_training,
)
from kith.surfaces.galleries.errors import error_response
from kith.surfaces.problems import install


def create_galleries(*, is_alone: bool = False) -> FastAPI:
    """`is_alone` where it shares its addresses with no other surface: `/api/people` is people there, too."""
    app = FastAPI(
        title="Kith: the galleries surface", version=__version__, docs_url=None, redoc_url=None,
        description="Galleries of events, the people tagged in their images, and who recognises them.",
    )  # fmt: skip
    app.state.surface = "galleries"
    for routes in (
        routes_people.photos_router, routes_people.router, routes_galleries.router, routes_faces.router,
        routes_recognition.router, routes_training.router,
    ):  # fmt: skip
        app.include_router(routes)
    if is_alone:
        app.include_router(routes_people.router.twin)
    install(app, error_response)
    return app
