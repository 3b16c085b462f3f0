"""The command line's table of contents: only what an invocation names is loaded, so that help is quick."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol, cast

import typer

from kith import __version__
from kith.cli.options import DataOption, DebugOption, JsonOption, remember

TEXT = """Kith knows who is in your photos.

A folder of pictures goes in; faces are found and grouped into people; you name and correct them; \
anyone can be found again by a picture of their face.

\b
Start:
  kith import ~/Pictures     bring photos in
  kith people                see who is on them
  kith serve                 open it in a browser
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A command, the module of kith.cli it lives in, and the first line of its help."""

    name: str
    module: str
    text: str
    panel: str


ENTRIES = (
    Entry("import", "importing", "Bring folders of pictures into the library.", "Photos"),
    Entry("find", "finding", "Find who is on a picture.", "Photos"),
    Entry("people", "people", "The people in the library: list, name, merge, split, hide.", "People"),
    Entry("faces", "faces", "The faces in the photos: list, confirm, reject, assign, ignore.", "People"),
    Entry("undo", "decisions", "Take back a decision, the last one if none is named.", "People"),
    Entry("history", "decisions", "What was decided, newest first.", "People"),
    Entry("status", "status", "How much there is, and what is still to be done.", "Upkeep"),
    Entry("packs", "packs", "The networks that find and tell faces: list, install, use.", "Upkeep"),
    Entry("reindex", "reindexing", "Build the search index anew, or analyse every photo again.", "Upkeep"),
    Entry(
        "doctor", "doctor", "Check that the library is whole, and say what to do where it is not.", "Upkeep"
    ),
    Entry("serve", "serving", "Serve the library over HTTP.", "Service"),
    Entry("worker", "working", "Work on queued photos until stopped.", "Service"),
)


class _Module(Protocol):
    def register(self, app: typer.Typer) -> None: ...


def build(arguments: Sequence[str]) -> typer.Typer:
    """The app, with every command that `arguments` may name in full, and the others by name and help only."""
    app = typer.Typer(
        name="kith", help=TEXT, no_args_is_help=True, pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )  # fmt: skip
    app.callback()(_root)
    named = {entry.module for entry in ENTRIES if entry.name in arguments}
    for entry in ENTRIES:
        if entry.module not in named:
            app.command(entry.name, help=entry.text, rich_help_panel=entry.panel)(_stub)
    for module in sorted(named):
        cast("_Module", importlib.import_module(f"kith.cli.{module}")).register(app)
    return app


def _stub() -> None:
    """Never done: a command that is named is there in full."""


def _print_version(*, value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and stop."),
]


def _root(
    ctx: typer.Context,
    *,
    data: DataOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
    _version: VersionOption = False,
) -> None:
    remember(ctx, data=data, json=json, debug=debug)
