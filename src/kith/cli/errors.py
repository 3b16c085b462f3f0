"""What only the command line can get wrong, and the exit code of every kind of error.

NotFound ── LibraryMissing
InvalidInput ── SettingsInvalid
Conflict ── PersonAmbiguous, NotConfirmed
"""

from collections.abc import Mapping

from kith.errors import AppError, Conflict, InvalidInput, NotFound

OK = 0
ERROR = 1
USAGE = 2
FILES_FAILED = 3
NOT_FOUND = 4
UNAVAILABLE = 5

_BY_KIND: Mapping[str, int] = {
    "not_found": NOT_FOUND,
    "busy": UNAVAILABLE,
    "unavailable": UNAVAILABLE,
}


class LibraryMissing(NotFound):
    code = "library_missing"
    title = "There is no library here"


class SettingsInvalid(InvalidInput):
    code = "settings_invalid"
    title = "A setting cannot be used"


class PersonAmbiguous(Conflict):
    code = "person_ambiguous"
    title = "Several persons have this name"


class NotConfirmed(Conflict):
    code = "not_confirmed"
    title = "This has to be confirmed"


def exit_code(error: AppError) -> int:
    """What the process answers for an error."""
    return _BY_KIND.get(error.kind, USAGE if isinstance(error, SettingsInvalid) else ERROR)
