"""Where a list is to begin, and how much of it is wanted."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from kith.kit import cursors


@dataclass(frozen=True, slots=True)
class KeyPage:
    """A page of a list in the order of keys; `key` is that of the last row there was, or None."""

    key: int | None
    limit: int


async def _key_page(
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> KeyPage:
    return KeyPage(None if cursor is None else cursors.decode(cursor, cursors.key_only)[0], limit)


ByKey = Annotated[KeyPage, Depends(_key_page)]
