"""`kith worker`: a process that does nothing but work on the queue."""

import asyncio

import typer

from kith.cli.command import Call, command
from kith.cli.library import new_library
from kith.worker import work


def register(app: typer.Typer) -> None:
    command(app, "worker", examples=("kith worker", "KITH_WORKER__BATCH=32 kith worker"))(worker)


async def worker(call: Call) -> None:
    """Work on queued photos until stopped.

    Any number of workers may run, on all machines that reach the same database and originals. Ctrl-C
    and SIGTERM end one; what it had in hand goes back into the queue.
    """
    call.log.to_stderr()
    async with new_library(call) as runtime:
        try:
            await work(runtime)
        except asyncio.CancelledError:
            call.output.note("Stopped; what was in hand is back in the queue.")
