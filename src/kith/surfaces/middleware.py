"""What stands before every surface, as plain ASGI: ids, logs and metrics, access, the limit of bodies."""

import ipaddress
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kith.accounts.errors import ApiKeyMissing, OnlyThisMachine, TenantSuspended
from kith.accounts.principal import Principal
from kith.audit.service import Origin, coming_from
from kith.errors import AppError, Unavailable
from kith.kit.clock import Clock
from kith.kit.metrics import Metrics
from kith.surfaces.access import COOKIE, IS_HEAD, PRINCIPAL
from kith.surfaces.dispatch import Site
from kith.surfaces.errors import CrossSiteRequest
from kith.surfaces.limiting import CLIENT
from kith.surfaces.problems import UNKNOWN, problem_response

log = structlog.get_logger()

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Whose key a request shows; None while there is no key at all.
Identify = Callable[[Scope, str | None], Awaitable[Principal | None]]

# Who asks a public route without a key.
_NOBODY = Principal(actor="guest", scopes=frozenset())

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BEGAN = "kith.began"  # by time.perf_counter
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

        await self._app({**scope, "method": "GET", IS_HEAD: True}, receive, without_body)


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
        scope[_BEGAN] = start = time.perf_counter()
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
    """Finds out who sends a request, and refuses it without a valid key, as soon as there is any key.

    A refusal goes out in the form of the surface that was asked. A browser says where a request comes
    from; so no page somebody visits can write through it into a server that only listens on this machine
    and asks for no key. What a browser holds that has signed in counts where no key is shown; it goes along
    by itself, so pages of other origins may read nothing through it and write nothing, not even those of
    `origins`, which may otherwise write.
    """

    def __init__(
        self, app: ASGIApp, site: Site, identify: Identify, trusted_proxies: Sequence[Network] = (),
        signed_in: Identify | None = None, origins: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self._app = app
        self._site = site
        self._identify = identify
        self._trusted = trusted_proxies
        self._signed_in = signed_in
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            scope[CLIENT] = self._client(scope)
            scope[PRINCIPAL] = await self._admit(scope)
        except AppError as error:
            answer = await self._refusal(scope, error)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Principal:
        headers = Headers(scope=scope)
        is_foreign = headers.get("sec-fetch-site") == "cross-site"
        if is_foreign and scope["method"] not in _SAFE_METHODS and headers.get("origin") not in self._origins:
            raise CrossSiteRequest
        shown = _key_in(headers)
        if not self._site.is_public(scope):
            who = await self._by_cookie(scope, headers) if shown is None else None
            return who or await self._identify(scope, shown) or _anybody(scope)
        with suppress(Unavailable):  # what is public says itself what is wrong with the database
            if shown is not None:
                return await self._identify(scope, shown) or _NOBODY
            with suppress(ApiKeyMissing, CrossSiteRequest, TenantSuspended):  # an old cookie shuts out nobody
                return await self._by_cookie(scope, headers) or _NOBODY
        return _NOBODY

    async def _by_cookie(self, scope: Scope, headers: Headers) -> Principal | None:
        """Who has signed in in the browser a request comes from, if anybody."""
        token = cookie_parser("; ".join(headers.getlist("cookie"))).get(COOKIE)
        if not token or self._signed_in is None:
            return None
        who = await self._signed_in(scope, token)
        if who is not None and scope["method"] not in _SAFE_METHODS and not _is_own_page(headers):
            raise CrossSiteRequest
        return who

    def _client(self, scope: Scope) -> str:
        """The address a request came from: the last that no proxy we trust has only handed on."""
        at = (scope.get("client") or ("", 0))[0]
        passed = Headers(scope=scope).getlist("x-forwarded-for")
        for before in reversed([it.strip() for line in passed for it in line.split(",")]):
            if not (self._is_trusted(at) and _address(before)):
                break
            at = before
        return at

    def _is_trusted(self, host: str) -> bool:
        address = _address(host)
        return address is not None and any(address in network for network in self._trusted)

    async def _refusal(self, scope: Scope, error: AppError) -> Response:
        handlers = self._site.surface_of(scope).exception_handlers
        answer = handlers[AppError](Request(scope), error)
        return await answer if isinstance(answer, Awaitable) else answer


class AuditOrigin:
    """Has entries of the audit log name the request they were made in. Stands behind Access."""

    def __init__(self, app: ASGIApp, clock_of: Callable[[Scope], Clock]) -> None:
        self._app = app
        self._clock_of = clock_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Entries take their moment from the clock of the runtime, so their durations must begin by it, too.
        since = timedelta(seconds=time.perf_counter() - scope[_BEGAN])
        began_at = self._clock_of(scope).now() - since
        with coming_from(Origin(scope["kith.request_id"], scope[CLIENT], began_at)):
            await self._app(scope, receive, send)


def _anybody(scope: Scope) -> Principal:
    """Who asks while there is no key: all is allowed, but only on this machine."""
    address = _address(scope[CLIENT])
    if address is None or not address.is_loopback:
        raise OnlyThisMachine("there is no API key yet; `kith keys create` makes one")
    return Principal(actor="api")


def _is_own_page(headers: Headers) -> bool:
    """Whether a browser says that a page of this very server sends the request."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    _, _, origin = headers.get("origin", "").partition("://")
    return bool(origin) and origin == headers.get("host")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _key_in(headers: Headers) -> str | None:
    """The key a request shows: `X-API-Key`, or `Authorization: Bearer`."""
    shown = headers.get("x-api-key")
    if shown is not None:
        return shown
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


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
