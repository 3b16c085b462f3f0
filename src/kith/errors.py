"""The errors of Kith: one tree, named by what happened, free of any transport.

AppError
├─ InvalidInput       the caller's data cannot be used as it is
├─ Unauthenticated    no valid credential
├─ Forbidden          a valid credential without the right to do this
├─ NotFound           no such thing, or not yours
├─ Conflict           true data, wrong moment: it contradicts what is stored
├─ LimitExceeded      too large, too many, too often
├─ Busy               try again later: all slots are taken
└─ Unavailable        a part Kith needs is not there: disk, network, model, database

Leaves live beside the code that raises them (`engine/errors.py`, `people/errors.py`, …). `code` is
stable and documented in docs/errors.md; surfaces map `kind` to a status, never the other way round.
"""

from typing import ClassVar


class AppError(Exception):
    """Something went wrong in a way a caller can be told about.

    `code` and `title` belong to the class and never change with the data; `detail` is one sentence
    about this occurrence; `extra` holds small JSON-ready facts (limits, ids, formats).
    """

    kind: ClassVar[str] = "error"
    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str = "", **extra: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.extra = extra


class InvalidInput(AppError):
    kind = "invalid_input"
    code = "invalid_input"
    title = "The input cannot be used"


class Unauthenticated(AppError):
    kind = "unauthenticated"
    code = "unauthenticated"
    title = "A valid credential is needed"


class Forbidden(AppError):
    kind = "forbidden"
    code = "forbidden"
    title = "This credential does not allow it"


class NotFound(AppError):
    kind = "not_found"
    code = "not_found"
    title = "There is no such thing here"


class Conflict(AppError):
    kind = "conflict"
    code = "conflict"
    title = "It contradicts what is stored"


class LimitExceeded(AppError):
    kind = "limit_exceeded"
    code = "limit_exceeded"
    title = "A limit was exceeded"


class Busy(AppError):
    kind = "busy"
    code = "busy"
    title = "Kith is busy; try again shortly"


class Unavailable(AppError):
    kind = "unavailable"
    code = "unavailable"
    title = "A part that is needed is not available"
