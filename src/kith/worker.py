"""A process that works on the queue, beside `kith serve` or on another machine."""

import asyncio

import structlog

from kith.background import helpers as helpers_of
from kith.runtime import Runtime

log = structlog.get_logger()


async def work(runtime: Runtime) -> None:
    """Work until cancelled; what is in hand then goes back into the queue.

    The pack is opened first, for without one every job would fail. A database or disk that is away later
    on is waited for. Raises what keeps the pack from being opened.
    """
    recognition = await runtime.recognition()
    runner, helpers = runtime.runner(), await helpers_of(runtime)
    await runner.recover()
    log.info("worker.started", pack=recognition.engine.space.pack)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(runner.serve())
            for helper in helpers:
                group.create_task(helper.serve())
    finally:
        log.info("worker.stopped")
