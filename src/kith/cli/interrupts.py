"""Ctrl-C and SIGTERM: the first asks the work to stop where nothing is lost, the second stops at once."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import TypeVar

from rich.console import Console

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(Exception):
    """The work was cancelled by a signal, and has put away what it had in hand."""

    advice = "Interrupted. Nothing is lost: the same command goes on where this one stopped."

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(number.name)
        self.exit_code = 128 + number


def run(work: Coroutine[object, object, T], remarks: Console) -> T:
    """Run to the end; raises Interrupted when a signal came first."""
    with asyncio.Runner() as runner:
        return runner.run(_until_signalled(work, remarks))


async def _until_signalled(work: Coroutine[object, object, T], remarks: Console) -> T:
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    received: list[signal.Signals] = []

    def on_signal(number: signal.Signals) -> None:
        if received:
            # Whatever a process writes here it may leave at any point; only the terminal needs a hand.
            remarks.show_cursor()
            os._exit(128 + number)
        received.append(number)
        task.cancel()
        remarks.print("Stopping; once more stops at once.")

    for number in SIGNALS:
        loop.add_signal_handler(number, on_signal, number)
    try:
        return await task
    except asyncio.CancelledError:
        if received:
            raise Interrupted(received[0]) from None
        raise
