"""The native surface as an application of its own."""

from fastapi import FastAPI

from kith import __version__
from kith.surfaces.native import (
    routes_about,
    routes_accounts,
    routes_audit,
    routes_decisions,
    routes_events,
    routes_faces,
    routes_galleries,
    routes_guest,
    routes_jobs,
    routes_packs,
    routes_people,
    routes_session,
    routes_shares,
    routes_uploads,
    routes_webhooks,
)
from kith.surfaces.problems import STATUS, install


def create_native() -> FastAPI:
    app = FastAPI(
        title="Kith", version=__version__, docs_url=None, redoc_url=None,
        description="Kith's own API, on which its front end stands.",
        generate_unique_id_function=lambda route: route.name,
    )  # fmt: skip
    app.state.surface = "native"
    nouns = (
        routes_session, routes_events, routes_accounts, routes_people, routes_faces, routes_decisions,
        routes_galleries, routes_shares, routes_guest, routes_packs, routes_uploads, routes_jobs,
        routes_about, routes_webhooks, routes_audit,
    )  # fmt: skip
    for it in nouns:
        app.include_router(it.router)
    install(app, statuses={**STATUS, "share_expired": 410, "no_face": 422, "face_choice_invalid": 422})
    return app
