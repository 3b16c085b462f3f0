"""The whole library, for commands that change it or look at pictures; commands that only read go without."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from kith.cli.command import Call
from kith.runtime import Runtime, open_runtime


@asynccontextmanager
async def library(call: Call) -> AsyncGenerator[Runtime]:
    """The library there is; raises LibraryMissing."""
    call.require_library()
    async with new_library(call) as runtime:
        yield runtime


@asynccontextmanager
async def new_library(call: Call) -> AsyncGenerator[Runtime]:
    """The library, made if there is none."""
    call.log.open()
    async with open_runtime(call.settings, progress=call.output.note) as runtime:
        yield runtime
