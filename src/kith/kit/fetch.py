"""The one way to speak to an address that somebody gave us.

A name is resolved once, its addresses are checked, and the connection goes to what was checked: a name
that means something else a moment later gains nothing. Every redirect is checked anew. Size, time and
patience are bounded.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from kith.kit.addresses import AllowedPlaces, parse
from kith.kit.errors import (
    FetchFailed,
    FetchRefusedAddress,
    FetchRefusedType,
    FetchTimeout,
    FetchTooLarge,
    FetchUrlInvalid,
)

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_URL_LENGTH = 2048
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONNECT_SECONDS = 10
_TRIED_ADDRESSES = 4
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """`min_bytes_per_second` on average, looked at from `grace_seconds` after the answer began."""

    max_bytes: int = 50 << 20
    total_seconds: float = 60
    idle_seconds: float = 15
    min_bytes_per_second: float = 1024
    grace_seconds: float = 10
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """`url` is where it was found in the end; `content_type` in small letters, without parameters."""

    url: str
    content_type: str
    body: bytes


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a host, in the order in which the system would try them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(it[4][0]) for it in found))


class Fetcher:
    """Fetches and posts. `allowed` names hosts and networks that may be private."""

    def __init__(self, allowed: Sequence[str] = (), *, resolve: Resolve = system_resolve) -> None:
        self._allowed = AllowedPlaces(allowed)
        self._resolve = resolve
        self._tls: ssl.SSLContext | None = None

    async def get(
        self, url: str, limits: FetchLimits = FetchLimits(), *, content_types: Collection[str] = ()
    ) -> Fetched:
        """What is at an address; `content_types` are `image/png` or `image/*`, and none accepts all.

        Raises FetchError (see its kinds) or FetchTooLarge.
        """
        async with self._client(limits.total_seconds, limits.idle_seconds) as client:
            for _ in range(limits.redirects + 1):
                headers = {"Accept-Encoding": "identity", "User-Agent": "Kith"}
                async with client.stream("GET", parsed(url), headers=headers) as response:
                    if response.status_code not in _REDIRECTS:
                        return await _receive(response, limits, content_types)
                    url = _target(response)
        raise FetchFailed(f"more than {limits.redirects} redirects")

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, total_seconds: float) -> int:
        """Send a body; the status. What is answered is not read, and a redirect is not followed."""
        async with (
            self._client(total_seconds, total_seconds) as client,
            client.stream("POST", parsed(url), content=body, headers=dict(headers)) as response,
        ):
            return response.status_code

    async def check(self, url: str) -> None:
        """Raise FetchError unless the address may be spoken to as things are now."""
        target = parsed(url)
        async with _translated(_CONNECT_SECONDS):
            await self._addresses(target)

    @asynccontextmanager
    async def _client(self, total_seconds: float, idle_seconds: float) -> AsyncGenerator[httpx.AsyncClient]:
        """A client of its own for each call: no connection, cookie or proxy is shared between hosts."""
        if self._tls is None:
            self._tls = await asyncio.to_thread(httpx.create_ssl_context, trust_env=False)
        transport = _CheckedTransport(self._addresses, self._tls)
        timeout = httpx.Timeout(idle_seconds, connect=min(_CONNECT_SECONDS, idle_seconds))
        async with _translated(total_seconds), httpx.AsyncClient(
            transport=transport, timeout=timeout, follow_redirects=False, trust_env=False
        ) as client:  # fmt: skip
            yield client

    async def _addresses(self, url: httpx.URL) -> list[str]:
        """What the host of `url` resolves to. All of it must be allowed: nobody chooses among the rest."""
        try:
            found = await self._resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
        except (OSError, UnicodeError) as error:
            raise FetchFailed("there is no such host") from error
        addresses = [parse(it) for it in found]
        if not addresses:
            raise FetchFailed("there is no such host")
        if not all(self._allowed.may_connect(url.host, address) for address in addresses):
            raise FetchRefusedAddress(f"{url.host} is not on the public internet", host=url.host)
        return [str(it) for it in addresses]


class _CheckedTransport(httpx.AsyncBaseTransport):
    """Connects to the addresses that were checked; `Host` and the name TLS asks for stay the host's."""

    def __init__(self, addresses: Callable[[httpx.URL], Awaitable[list[str]]], tls: ssl.SSLContext) -> None:
        self._addresses = addresses
        limits = httpx.Limits(max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(verify=tls, trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, last = request.url.host, None
        for address in (await self._addresses(request.url))[:_TRIED_ADDRESSES]:
            pinned = httpx.Request(
                request.method, request.url.copy_with(host=address), headers=request.headers,
                stream=request.stream, extensions={**request.extensions, "sni_hostname": host},
            )  # fmt: skip
            try:
                return await self._inner.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:  # nothing was sent yet
                last = error
        raise last or httpx.ConnectError("no address")

    async def aclose(self) -> None:
        await self._inner.aclose()


def parsed(url: str) -> httpx.URL:
    """The address, if it is one that may be fetched from at all; raises FetchUrlInvalid."""
    if len(url) > _URL_LENGTH or _CONTROL.search(url):
        raise FetchUrlInvalid(f"an address has at most {_URL_LENGTH} characters, and no spaces")
    try:
        target = httpx.URL(url)
        host = target.host
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise FetchUrlInvalid("this cannot be read as an address") from error
    if target.scheme not in {"http", "https"} or not host:
        raise FetchUrlInvalid("only http:// and https:// with a host are fetched from")
    if target.port is not None and target.port > 65535:
        raise FetchUrlInvalid("a port is at most 65535")
    if target.userinfo:
        raise FetchUrlInvalid("an address must not carry a user or password")
    return target


def _target(response: httpx.Response) -> str:
    try:
        return str(response.url.join(response.headers["Location"]))
    except (KeyError, httpx.InvalidURL, ValueError) as error:
        raise FetchFailed("a redirect leads nowhere") from error


async def _receive(response: httpx.Response, limits: FetchLimits, content_types: Collection[str]) -> Fetched:
    if response.status_code != 200:
        raise FetchFailed(f"the server answered {response.status_code}", status=response.status_code)
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if content_types and not {content_type, f"{content_type.partition('/')[0]}/*"}.intersection(
        content_types
    ):
        raise FetchRefusedType(
            f"it is {content_type or 'of no type'}, not {', '.join(sorted(content_types))}"
        )
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchFailed("the server packed what was asked for unpacked")
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > limits.max_bytes:
        raise _too_large(limits)
    body, clock = bytearray(), asyncio.get_running_loop()
    start = clock.time()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limits.max_bytes:
            raise _too_large(limits)
        passed = clock.time() - start
        if passed > limits.grace_seconds and len(body) < limits.min_bytes_per_second * passed:
            raise FetchTimeout(f"less than {limits.min_bytes_per_second:g} bytes a second arrived")
    return Fetched(str(response.request.url), content_type, bytes(body))


def _too_large(limits: FetchLimits) -> FetchTooLarge:
    return FetchTooLarge(f"more than {limits.max_bytes} bytes", max_bytes=limits.max_bytes)


@asynccontextmanager
async def _translated(seconds: float) -> AsyncGenerator[None]:
    """All within `seconds`; whatever the network does becomes one of our own errors."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (TimeoutError, httpx.TimeoutException) as error:
        raise FetchTimeout(f"there was no complete answer within {seconds:g} seconds") from error
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
        raise FetchFailed(f"the connection failed: {type(error).__name__}") from error
