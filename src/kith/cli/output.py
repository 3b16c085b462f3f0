"""Where words go: answers to stdout, remarks and progress to stderr; with `--json` stdout is all data."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TextIO

from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

_NO_TERMINAL_WIDTH = 10_000  # what goes into a file or a pipe is never cut or wrapped


class Output:
    """The two streams of one invocation."""

    def __init__(self, *, is_json: bool) -> None:
        self.is_json = is_json
        self.remarks = _console(sys.stderr)
        self._answers = _console(sys.stdout)

    def note(self, text: str) -> None:
        """A remark for whoever watches; no script should read it."""
        self.remarks.print(plain(text), soft_wrap=True)

    def warn(self, text: str) -> None:
        self.remarks.print(Text.assemble(("warning: ", "yellow"), plain(text)), soft_wrap=True)

    def data(self, value: object) -> None:
        """One JSON document on one line, at once, so that a reader of a long list need not wait."""
        sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")
        sys.stdout.flush()

    def say(self, answer: RenderableType) -> None:
        """The answer for a human."""
        self._answers.print(answer, soft_wrap=not isinstance(answer, Table))

    def answer(self, value: object, human: Callable[[], RenderableType]) -> None:
        """The answer, in the form that was asked for."""
        if self.is_json:
            self.data(value)
        else:
            self.say(human())


def table(columns: Sequence[str | Column], rows: Iterable[Sequence[object]]) -> Table:
    """A table without lines; what is no text is set to the right."""
    made = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else plain(cell) for cell in row))
    return made


def plain(value: object) -> Text:
    """Text as it is: no markup is read in it, and what could steer a terminal is made visible."""
    return Text(shown("" if value is None else str(value)))


def lines(texts: Iterable[str]) -> Text:
    return Text("\n").join([plain(text) for text in texts])


def shown(text: str) -> str:
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() else _NO_TERMINAL_WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)
