"""`kith serve`: the library over HTTP."""

from typing import Annotated

import typer

from kith.cli.command import Call, command
from kith.cli.output import plain
from kith.server import serve as serve_http
from kith.settings import Settings

HostOption = Annotated[
    str | None,
    typer.Option("--host", metavar="ADDRESS", help="Where to listen; KITH_SERVER__HOST sets it, too."),
]
PortOption = Annotated[
    int | None,
    typer.Option("--port", min=0, max=65535, help="0 takes a free one; KITH_SERVER__PORT sets it, too."),
]


def register(app: typer.Typer) -> None:
    command(app, "serve", examples=("kith serve", "kith serve --port 8080"))(serve)


def listening(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with what the command line says of where to listen."""
    before = settings.server
    changed = {"host": host or before.host, "port": before.port if port is None else port}
    return settings.model_copy(update={"server": before.model_copy(update=changed)})


def serve(call: Call, host: HostOption = None, port: PortOption = None) -> None:
    """Serve the library over HTTP.

    Only this machine can connect, unless KITH_AUTH__API_KEY is set. Queued photos are worked on beside
    the requests. Ctrl-C and SIGTERM let requests in hand finish, then end it.
    """
    call.log.to_stderr()
    settings = listening(call.settings, host, port)

    def announce(url: str) -> None:
        call.output.answer({"url": url}, lambda: plain(f"Kith is at {url}; Ctrl-C ends it."))

    serve_http(settings, announce, call.output.note)
