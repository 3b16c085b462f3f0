"""How lists of the native surface are asked for, and answered, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Query

from kith.kit import cursors

MAX_ITEMS = 1000

Item = TypeVar("Item")
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Asked:
    """How many are wanted, and behind which place; None is the beginning."""

    limit: int
    cursor: str | None

    @property
    def and_one_more(self) -> int:
        """How many to read, to know whether there are more."""
        return self.limit + 1

    def after(self, into: Callable[[list[object]], Read]) -> Read | None:
        """The place as the list's `into` reads it; raises CursorInvalid."""
        return cursors.decode(self.cursor, into) if self.cursor is not None else None

    def after_id(self) -> int | None:
        """The place in a list in the order of its keys; raises CursorInvalid."""
        place = self.after(cursors.key_only)
        return place[0] if place is not None else None

    def cut(
        self, found: Sequence[Item], place: Callable[[Item], tuple[cursors.Value, ...]]
    ) -> tuple[Sequence[Item], str | None]:
        """The page itself, and the cursor of the next one; `found` has one more where there is one."""
        shown = found[: self.limit]
        return shown, cursors.encode(*place(shown[-1])) if len(found) > self.limit else None


async def _asked(
    limit: Annotated[int, Query(ge=1, le=MAX_ITEMS, description="How many to list.")] = 100,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
) -> Asked:
    return Asked(limit, cursor)


Paged = Annotated[Asked, Depends(_asked)]
