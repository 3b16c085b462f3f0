"""What stands before every surface, as plain ASGI: ids, logs and metrics, access, the limit of bodies."""

import hmac
import re
import time
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kith.kit.metrics import Metrics
from kith.surfaces.errors import ApiKeyMissing, CrossSiteRequest
from kith.surfaces.problems import UNKNOWN, problem_of, problem_response

log = structlog.get_logger()

# What probes of an orchestrator ask without a key.
PUBLIC_PATHS = frozenset({"/health", "/health/live", "/health/ready", "/compat/core/health"})

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CLIENT_GONE = 499  # nginx's word for a request whose client left before the answer


class HeadAsGet:
    """Answers HEAD with the headers of GET, as HTTP asks of every resource (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, without_body)


class RequestContext:
    """Gives each request an id, counts and logs it, and logs once what nobody expected."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("x-request-id", "")
        request_id = asked if _SANE_ID.fullmatch(asked) else uuid4().hex
        scope["kith.request_id"] = request_id
        start = time.perf_counter()
        status = 0

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers["x-content-type-options"] = "nosniff"
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, stamped)
            except Exception:
                log.exception("request.failed", method=scope["method"], route=_route(scope)[1])
                if not status:
                    await problem_response(Request(scope), UNKNOWN)(scope, receive, stamped)
            finally:
                self._record(scope, status or _CLIENT_GONE, time.perf_counter() - start)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        surface, route = _route(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._metrics.request(surface, method, route, status=status, seconds=seconds)
        log.info(
            "request.finished", surface=surface, method=method, route=route, status=status,
            milliseconds=round(seconds * 1000, 1),
        )  # fmt: skip


class Access:
    """Refuses requests without the API key, if one is set, and writes that another site's page sends.

    A browser says where a request comes from; so no page somebody visits can reach through it into a
    server that only listens on this machine and asks for no key.
    """

    def __init__(self, app: ASGIApp, api_key: str | None) -> None:
        self._app = app
        self._api_key = api_key.encode() if api_key is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            error = self._refusal(scope)
            if error is not None:
                await problem_response(Request(scope), problem_of(error))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> ApiKeyMissing | CrossSiteRequest | None:
        headers = Headers(scope=scope)
        if scope["method"] not in _SAFE_METHODS and headers.get("sec-fetch-site") == "cross-site":
            return CrossSiteRequest()
        if self._api_key is None or scope["path"] in PUBLIC_PATHS:
            return None
        given = headers.get("x-api-key", "").encode("latin-1")
        return None if hmac.compare_digest(given, self._api_key) else ApiKeyMissing()


class BodyLimit:
    """Refuses a body above `max_bytes`, announced or not, before any parser sees the excess."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        announced = int(length) if length.isascii() and length.isdigit() else 0
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message: Message = {}
            if announced <= self._max_bytes:
                message = await receive()
                seen += len(message.get("body", b""))
            if max(announced, seen) > self._max_bytes:
                # Raised while a surface reads the body, so that it answers in its own form.
                raise HTTPException(413, f"A request may have at most {self._max_bytes:,} bytes.")
            return message

        await self._app(scope, limited, send)


def _route(scope: Scope) -> tuple[str, str]:
    """The surface and the template of the route that took a request."""
    app, route = scope.get("app"), scope.get("route")
    surface = str(app.state.surface) if isinstance(app, FastAPI) else "none"
    return surface, route.path if isinstance(route, APIRoute) else "unmatched"
