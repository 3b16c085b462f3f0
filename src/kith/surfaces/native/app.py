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
    routes_media,
    routes_packs,
    routes_people,
    routes_photos,
    routes_review,
    routes_search,
    routes_session,
    routes_shares,
    routes_uploads,
    routes_webhooks,
)
from kith.surfaces.problems import STATUS, install

# RFC 9110 has statuses of its own for a state that is no more, and for what is gone for good.
_STATUSES = {**STATUS, "photo_changed": 412, "share_expired": 410}


def create_native() -> FastAPI:
    app = FastAPI(
        title="Kith", version=__version__, docs_url=None, redoc_url=None,
        description="Kith's own API, on which its front end stands.",
        generate_unique_id_function=lambda route: route.name,
    )  # fmt: skip
    app.state.surface = "native"
    nouns = (
        routes_session, routes_events, routes_accounts, routes_photos, routes_media, routes_people,
        routes_faces, routes_decisions, routes_galleries, routes_uploads, routes_jobs, routes_about,
        routes_webhooks, routes_audit, routes_review, routes_search, routes_packs,
        routes_shares, routes_guest,
    )  # fmt: skip
    for it in nouns:
        app.include_router(it.router)
    install(app, statuses=_STATUSES)
    return app
