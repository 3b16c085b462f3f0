"""Where a page of a list ended, as a text a client hands back to get the next one and reads nothing into."""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from kith.kit.errors import CursorInvalid

_MAX_CHARS = 500
_AGAIN = "ask for the first page again"

Value = int | str | datetime | None
Read = TypeVar("Read")


def encode(*values: Value) -> str:
    """A cursor of the values a page's last row is ordered by."""
    plain = [it.isoformat() if isinstance(it, datetime) else it for it in values]
    text = json.dumps(plain, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, into: Callable[[list[object]], Read]) -> Read:
    """What `into` reads of a cursor's values; it raises ValueError or TypeError for those of another list.

    Raises CursorInvalid for a text that is no cursor of this list.
    """
    if len(cursor) > _MAX_CHARS or cursor.endswith("="):
        raise CursorInvalid(_AGAIN)
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return into(list(json.loads(text)))
    except (ValueError, TypeError, IndexError, RecursionError) as error:
        raise CursorInvalid(_AGAIN) from error


def moment_and_id(values: list[object]) -> tuple[datetime, int]:
    """How lists in the order of time and key read their cursors."""
    moment, key = values
    return datetime.fromisoformat(_text(moment)), _key(key)


def key_only(values: list[object]) -> tuple[int]:
    """How lists in the order of their keys read their cursors."""
    (key,) = values
    return (_key(key),)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004  # one kind of error for all that is no cursor
    return value


def _key(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError(value)
    return value
