"""Counts the statements that a piece of work sends to the database, whichever engine it uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event
from sqlalchemy.engine import Engine


@dataclass
class Statements:
    sent: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sent)


@contextmanager
def counted_statements() -> Iterator[Statements]:
    """What is sent while the block runs."""
    statements = Statements()

    def note(_connection, _cursor, statement, *_) -> None:
        statements.sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)
