"""From an error to one line on stderr and an exit code; no traceback reaches a user who did not ask."""

import errno

import typer
from rich.text import Text

from kith.cli.errors import ERROR, exit_code
from kith.cli.interrupts import Interrupted
from kith.cli.logs import CommandLog
from kith.cli.output import Output, plain
from kith.errors import AppError
from kith.kit.errors import StorageFull, StorageUnavailable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def report(error: Exception, output: Output, log: CommandLog) -> int:
    """Say what went wrong; the exit code that goes with it."""
    error = _leaf(error)
    if isinstance(error, BrokenPipeError | typer.BadParameter):
        raise error  # Typer knows what to do with these
    if isinstance(error, Interrupted):
        output.note(error.advice)
        return error.exit_code
    if isinstance(error, OSError):
        error = _storage_error(error)
    if isinstance(error, AppError):
        say_error(output, error)
        return exit_code(error)
    name = type(error).__name__
    _line(output, "internal_error", f"something unforeseen happened ({name}): {log.explain(error)}")
    return ERROR


def say_error(output: Output, error: AppError) -> None:
    _line(output, error.code, error.detail)


def _line(output: Output, code: str, text: str) -> None:
    line = Text.assemble(("error ", "bold red"), (f"[{code}] ", "red"), plain(text))
    output.remarks.print(line, soft_wrap=True)


def _leaf(error: Exception) -> Exception:
    """The first of a group of errors, which came first and mostly caused the others."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _storage_error(error: OSError) -> AppError:
    reason = error.strerror or type(error).__name__
    if error.errno in _FULL:
        return StorageFull(f"there is no space left: {reason}")
    place = f"{error.filename}: " if error.filename else ""
    return StorageUnavailable(f"{place}{reason}")
