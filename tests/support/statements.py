"""Counts the statements that a piece of work sends to the database, whichever engine it uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from sqlalchemy import event
from sqlalchemy.engine import Engine


@dataclass
class Statements:
    sent: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sent)


_counting: ContextVar[Statements | None] = ContextVar("counting", default=None)


@contextmanager
def counted_statements() -> Iterator[Statements]:
    """What the block sends, with all it calls and begins; not what goes on beside it since before."""
    statements = Statements()

    def note(_connection, _cursor, statement, *_) -> None:
        if _counting.get() is statements:
            statements.sent.append(statement)

    before = _counting.set(statements)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
        assert statements.sent  # or nothing was measured
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        _counting.reset(before)
