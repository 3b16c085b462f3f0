"""`kith history`: what was decided."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.table import Column

from kith.cli.command import Call, command
from kith.cli.output import table
from kith.cli.persons import find_past_person
from kith.cli.shapes import decision_json, decision_text
from kith.kit.pages import MAX_LIMIT, Page
from kith.people.reading import list_decisions
from kith.people.tables import Decision


def register(app: typer.Typer) -> None:
    command(app, "history", examples=("kith history", "kith history Ada --json"))(history)


async def history(
    call: Call,
    person: Annotated[
        str | None,
        typer.Argument(metavar="[PERSON]", help="Only what is about this person: an id or a name."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="At most so many.")] = 100,
) -> None:
    """List what was decided, newest first."""
    async with call.database() as db, db.read() as session:
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
