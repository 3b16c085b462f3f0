"""`kith engine`: networks on one machine, for the Kith of another."""

import asyncio

import typer

from kith.cli.command import Call, add_group, command
from kith.cli.output import lines, plain
from kith.cli.serving import HostOption, PortOption, listening
from kith.engine.remote import RemoteEngine
from kith.server import serve_engine
from kith.settings import revealed

engine = typer.Typer()

_TEXT = "The face engine of another machine: show it, serve one."


def register(app: typer.Typer) -> None:
    add_group(app, engine, "engine", _TEXT, show)


@command(engine, "show", examples=("kith engine", "KITH_ENGINE__URL=http://gpu:8000 kith engine show"))
async def show(call: Call) -> None:
    """Ask the engine at KITH_ENGINE__URL what it is."""
    settings = call.settings.engine
    if settings.url is None:
        call.output.answer({"url": None}, lambda: plain("Faces are found here: KITH_ENGINE__URL is not set."))
        return
    remote = await asyncio.to_thread(RemoteEngine.connect, settings.url, revealed(settings.key))
    remote.close()
    facts = {"url": settings.url, "pack": remote.space.pack, "version": remote.space.version}
    call.output.answer(facts, lambda: lines(f"{name}: {value}" for name, value in facts.items()))


@command(engine, "serve", examples=("kith engine serve", "kith engine serve --host 10.0.0.7 --port 8000"))
def serve(call: Call, host: HostOption = None, port: PortOption = None) -> None:
    """Let another Kith use the networks of this machine.

    It needs packs in the data folder, and nothing else there. KITH_ENGINE__PACK chooses one,
    KITH_ENGINE__PROVIDERS where it runs, KITH_AUTH__API_KEY the key to ask for; without one only this
    machine can connect.
    """
    call.log.to_stderr()
    settings = listening(call.settings, host, port)

    def announce(url: str) -> None:
        call.output.answer({"url": url}, lambda: plain(f"The engine is at {url}; Ctrl-C ends it."))

    serve_engine(settings, announce, call.output.note)
