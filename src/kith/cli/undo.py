"""`kith undo`: a decision, taken back."""

from typing import Annotated

import typer

from kith.cli.command import Call, command
from kith.cli.deciding import decide
from kith.cli.library import library
from kith.cli.output import plain
from kith.cli.shapes import decision_json, decision_text


def register(app: typer.Typer) -> None:
    command(app, "undo", examples=("kith undo", "kith undo 17"))(undo)


async def undo(
    call: Call,
    decision: Annotated[
        int | None, typer.Argument(metavar="[DECISION]", help="Its id, as `kith history` shows it.")
    ] = None,
) -> None:
    """Take back a decision, the last one if none is named.

    A bulk act is taken back as one. What later decisions say about the same faces or persons stays.
    """
    async with library(call) as runtime:
        undone = await decide(call, runtime, lambda people: people.undo(decision))
        it = undone.decision
        call.output.answer(
            {**decision_json(it), "restored": undone.restored, "kept": undone.kept},
            lambda: plain(
                f"Undone: decision {it.id} ({it.kind}): {decision_text(it)}. {undone.restored} put back"
                + (f", {undone.kept} left as later decisions want them." if undone.kept else ".")
            ),
        )
