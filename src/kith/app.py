"""The web application: middleware in front, surfaces behind, a runtime and a worker for its lifetime."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from functools import cache

import structlog
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount
from starlette.types import Scope

from kith.accounts.principal import Principal
from kith.background import helpers as helpers_of
from kith.errors import AppError, Unavailable
from kith.kit.clock import Clock
from kith.kit.metrics import Metrics
from kith.runtime import Runtime, open_runtime
from kith.settings import Settings
from kith.surfaces.core import create_core
from kith.surfaces.dispatch import Site
from kith.surfaces.frontend import Frontend
from kith.surfaces.galleries import create_galleries
from kith.surfaces.middleware import Access, AuditOrigin, BodyLimit, HeadAsGet, RequestContext
from kith.surfaces.native import create_native
from kith.surfaces.operations import create_operations
from kith.surfaces.sessions import create_sessions
from kith.surfaces.sharing import SharedSearch
from kith.surfaces.uploads import keep_uploads_in_memory
from kith.surfaces.vectors import create_vectors

log = structlog.get_logger()


def create_app(settings: Settings, runtime: Runtime | None = None) -> Starlette:
    """The application over `runtime`, which then belongs to the caller, or over one of its own.

    All surfaces that are enabled answer at the root and each under `/compat/<name>`, and alone at the root
    of a port of its own where it has one; browsers are shown the front end.
    `app.state.prepare()` makes all their routes ready, where the first requests should not wait for that.
    """
    keep_uploads_in_memory()
    metrics = Metrics()
    core, native, galleries, galleries_alone = _without_state()
    surfaces = {
        "core": core, "sessions": create_sessions(), "galleries": galleries, "vectors": create_vectors()
    }  # fmt: skip
    alone = surfaces | {"galleries": galleries_alone}
    names = settings.surfaces.enabled
    operations = create_operations([surfaces[name] for name in names], metrics)
    site = Site(
        {
            "/api/kith": native, "/compat/native": native,
            **{f"/compat/{name}": alone[name] for name in names},
        },
        [operations, *(surfaces[name] for name in names)],
        {port: alone[name] for name, port in settings.surfaces.ports.items()},
    )  # fmt: skip

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[dict[str, Runtime]]:
        opening = nullcontext(runtime) if runtime is not None else open_runtime(settings)
        async with opening as opened, _warming(opened), _working(opened):
            yield {"runtime": opened}

    app = Starlette(
        routes=[Mount("/", site)],
        middleware=[
            *_for_other_pages(settings.server.origins),
            Middleware(HeadAsGet),
            Middleware(RequestContext, metrics=metrics),
            Middleware(Frontend, is_shown=site.is_shared),
            Middleware(SharedSearch, surface=surfaces["vectors"], max_bytes=settings.limits.upload_bytes),
            Middleware(
                Access,
                site=site,
                identify=_identify,
                trusted_proxies=settings.server.trusted_proxies,
                signed_in=_signed_in,
                origins=settings.server.origins,
            ),
            Middleware(AuditOrigin, clock_of=_clock_of),
            Middleware(BodyLimit, max_bytes=settings.limits.upload_bytes),
        ],
        lifespan=lifespan,
    )
    app.state.prepare = site.prepare
    return app


def _for_other_pages(origins: Sequence[str]) -> list[Middleware]:
    """What lets browsers hand answers to pages of other origins (CORS); cookies do not go along."""
    if not origins:
        return []
    shown = ["ETag", "Retry-After", "X-Request-ID", "X-API-Version", "X-RateLimit-Limit",
             "X-RateLimit-Remaining", "X-RateLimit-Reset"]  # fmt: skip
    return [
        Middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["*"], allow_headers=["*"],
            expose_headers=shown, max_age=600,
        )
    ]  # fmt: skip


@cache
def _without_state() -> tuple[FastAPI, FastAPI, FastAPI, FastAPI]:
    """The surfaces that keep nothing: made once, for preparing their hundreds of routes takes long."""
    return create_core(), create_native(), create_galleries(), create_galleries(is_alone=True)


async def _identify(scope: Scope, shown: str | None) -> Principal | None:
    runtime: Runtime = scope["state"]["runtime"]
    return await runtime.keyring.identify(shown)


async def _signed_in(scope: Scope, token: str | None) -> Principal | None:
    runtime: Runtime = scope["state"]["runtime"]
    found = await runtime.sign_ins.identify(token) if token else None
    return found.who if found is not None else None


def _clock_of(scope: Scope) -> Clock:
    runtime: Runtime = scope["state"]["runtime"]
    return runtime.clock


@asynccontextmanager
async def _working(runtime: Runtime) -> AsyncGenerator[None]:
    """Work on jobs beside the requests, if settings say so; end with the batches in hand."""
    if not runtime.settings.worker.embedded:
        yield
        return
    runner = runtime.runner()

    async def work() -> None:
        with suppress(Unavailable):  # the worker waits for a database that is away, and tries this again
            await runner.recover()
        await runner.serve()

    helpers = await helpers_of(runtime)
    serving = [asyncio.create_task(work()), *(asyncio.create_task(it.serve()) for it in helpers)]
    for task in serving:
        task.add_done_callback(_report)
    try:
        yield
    finally:
        runner.stop()
        for helper in helpers:
            helper.stop()
        await asyncio.wait(serving)


@asynccontextmanager
async def _warming(runtime: Runtime) -> AsyncGenerator[None]:
    """Open the pack in the background, so that the first picture need not wait for it."""

    async def warm() -> None:
        try:
            await runtime.recognition()
        except AppError as error:
            log.warning("engine.not_ready", code=error.code, detail=error.detail)

    warming = asyncio.create_task(warm())
    warming.add_done_callback(_report)
    try:
        yield
    finally:
        await asyncio.wait([warming])


def _report(task: asyncio.Task[None]) -> None:
    """A background task that fails must not fail unheard."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("background.failed", exc_info=error)
