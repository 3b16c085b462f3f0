"""Doing what a human decided, and at once what follows from it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from kith.cli.command import Call
from kith.cli.output import plain
from kith.cli.progress import drain, jobs_waiting
from kith.cli.shapes import decision_json, decision_text
from kith.errors import Unavailable
from kith.people.service import People
from kith.people.tables import Decision
from kith.photos.service import ANALYSE
from kith.runtime import Runtime

T = TypeVar("T")


async def decide(call: Call, runtime: Runtime, act: Callable[[People], Awaitable[T]]) -> T:
    """Do an act in one transaction; then recognise and group anew what it touches."""
    async with runtime.db.write() as session:
        done = await act(People(session, call.who, runtime.clock))
    await _follow(call, runtime)
    return done


def answer_decision(call: Call, decision: Decision, **more: object) -> None:
    """`more` is added to the JSON."""
    call.output.answer(
        {**decision_json(decision), **more},
        lambda: plain(f"Decision {decision.id} ({decision.kind}): {decision_text(decision)}"),
    )


async def _follow(call: Call, runtime: Runtime) -> None:
    if (await jobs_waiting(runtime, call.who)).get(ANALYSE):
        call.output.note("Photos are still being analysed; what follows from this is worked out after them.")
        return
    try:
        await drain(runtime, call.who, call.output.remarks)
    except Unavailable as error:
        call.output.warn(f"the decision stands, but what follows from it has to wait: {error.detail}")
