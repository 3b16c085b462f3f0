"""Clients of the web application: one inside this process, one over a socket to a server of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

_SERVE = """
from kith.kit.logs import configure_logs
from kith.server import {serve}
from kith.settings import Settings

def announce(url):
    print(url, flush=True)

configure_logs("ERROR")
{serve}(Settings(), announce)
print("closed", flush=True)
"""
SERVE = _SERVE.format(serve="serve")
SERVE_ENGINE = _SERVE.format(serve="serve_engine")


@asynccontextmanager
async def connected(app: Starlette, **options: object) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, started before and ended after as a server would."""
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx.ASGITransport(with_state)
        async with httpx.AsyncClient(transport=transport, base_url="http://kith", **options) as client:
            yield client


@dataclass(frozen=True)
class LiveServer:
    """A server in a process of its own."""

    url: str
    process: subprocess.Popen[str]

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """End it by a signal: its exit code, what it printed since it started, and its errors."""
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=60)
        return self.process.returncode, output, errors


@contextmanager
def live_server(environment: Mapping[str, str], code: str = SERVE) -> Iterator[LiveServer]:
    """`kith.server.serve` under these settings on a free port, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "KITH_SERVER__PORT": "0", **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            raise AssertionError(f"the server did not start: {process.communicate()[1]}")
        yield LiveServer(url, process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
