"""`kith undo` and `kith history`: what was decided, and taking it back."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.table import Column

from kith.cli.command import Call, command
from kith.cli.deciding import decide
from kith.cli.output import plain, table
from kith.cli.persons import find_past_person
from kith.cli.shapes import decision_json, decision_text
from kith.kit.pages import MAX_LIMIT, Page
from kith.people.reading import list_decisions
from kith.people.tables import Decision


def register(app: typer.Typer) -> None:
    command(app, "undo", examples=("kith undo", "kith undo 17"))(undo)
    command(app, "history", examples=("kith history", "kith history Ada --json"))(history)


async def undo(
    call: Call,
    decision: Annotated[
        int | None, typer.Argument(metavar="[DECISION]", help="Its id, as `kith history` shows it.")
    ] = None,
) -> None:
    """Take back a decision, the last one if none is named.

    A bulk act is taken back as one. What later decisions say about the same faces or persons stays.
    """
    async with call.library() as runtime:
        undone = await decide(call, runtime, lambda people: people.undo(decision))
        it = undone.decision
        call.output.answer(
            {**decision_json(it), "restored": undone.restored, "kept": undone.kept},
            lambda: plain(
                f"Undone: decision {it.id} ({it.kind}): {decision_text(it)}. {undone.restored} put back"
                + (f", {undone.kept} left as later decisions want them." if undone.kept else ".")
            ),
        )


async def history(
    call: Call,
    person: Annotated[
        str | None,
        typer.Argument(metavar="[PERSON]", help="Only what is about this person: an id or a name."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="At most so many.")] = 100,
) -> None:
    """List what was decided, newest first."""
    async with call.library() as runtime, runtime.db.read() as session:
        person_id = None if person is None else await find_past_person(session, call.who, person)
        decisions = await list_decisions(session, call.who, Page(limit=limit), person_id)
    call.output.answer([decision_json(it) for it in decisions], lambda: _table(decisions))


def _table(decisions: Sequence[Decision]) -> RenderableType:
    if not decisions:
        return "Nothing was decided yet."
    columns = [Column("id", justify="right"), "when", "kind", "what", ""]
    return table(
        columns,
        [
            (
                it.id, f"{it.created_at.astimezone():%Y-%m-%d %H:%M}", it.kind, decision_text(it),
                "undone" if it.undone_at else "",
            )
            for it in decisions
        ],
    )  # fmt: skip
