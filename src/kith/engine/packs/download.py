"""Fetching a file over HTTP, whole or not at all."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from kith.engine.packs.errors import PackDownloadFailed

MAX_BYTES = 2_000_000_000
TIMEOUT_SECONDS = 30.0  # without a byte, not for the whole file
MAX_REDIRECTS = 5
REPORT_SECONDS = 1.0

Progress = Callable[[str], None]


def is_address(source: str) -> bool:
    return source.startswith(("https://", "http://"))


def download(address: str, target: Path, progress: Progress, max_bytes: int = MAX_BYTES) -> None:
    """Write what `address` answers to `target`, which must not exist yet.

    Raises PackDownloadFailed, with the HTTP status in `extra` where there was one, when the server
    cannot be reached, answers an error, redirects from https to http, or sends more than `max_bytes`.
    """
    with (
        _failures_of(address),
        httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=True, max_redirects=MAX_REDIRECTS) as client,
        client.stream("GET", address) as response,
    ):
        _check(response, address)
        with target.open("xb") as file:
            for chunk in _limited(response, progress, max_bytes):
                file.write(chunk)


def _check(response: httpx.Response, address: str) -> None:
    schemes = [hop.url.scheme for hop in (*response.history, response)]
    if schemes[0] == "https" and "http" in schemes:
        raise PackDownloadFailed(f"{address} redirects to an address without encryption")
    if not response.is_success:
        raise PackDownloadFailed(f"{address} answers {response.status_code}", status=response.status_code)


def _limited(response: httpx.Response, progress: Progress, max_bytes: int) -> Iterator[bytes]:
    name = response.url.path.rsplit("/", 1)[-1]
    expected = int(response.headers.get("Content-Length", 0))
    reported = time.monotonic()
    received = 0
    for chunk in response.iter_bytes():
        received += len(chunk)
        if received > max_bytes:
            raise PackDownloadFailed(f"{name} is larger than {max_bytes / 1e6:.0f} MB")
        if time.monotonic() - reported > REPORT_SECONDS:
            reported = time.monotonic()
            progress(f"{name}: {received / 1e6:.0f} MB" + (f" of {expected / 1e6:.0f}" if expected else ""))
        yield chunk


@contextmanager
def _failures_of(address: str) -> Generator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PackDownloadFailed(f"{address}: {error or type(error).__name__}") from error
