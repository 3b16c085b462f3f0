"""The sessions surface as an application of its own."""

import time

from fastapi import FastAPI

from kith import __version__
from kith.surfaces.problems import install
from kith.surfaces.sessions.errors import error_response
from kith.surfaces.sessions.metrics import Counting, SessionMetrics
from kith.surfaces.sessions.routes import router


def create_sessions() -> FastAPI:
    app = FastAPI(
        title="Kith: the sessions surface", version=__version__, docs_url=None, redoc_url=None,
        description="Index the photos of a session, and find those that show the face of a selfie.",
    )  # fmt: skip
    app.state.surface = "sessions"
    app.state.started = time.monotonic()
    app.state.metrics = SessionMetrics()
    app.add_middleware(Counting, metrics=app.state.metrics)
    app.include_router(router)
    install(app, error_response)
    return app
