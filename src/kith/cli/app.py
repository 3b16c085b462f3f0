"""The command line's table of contents: only what an invocation names is loaded, so that help is quick."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
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
    """A command, the module of kith.cli it lives in, and the first line of its help.

    `more` is a second module with the rest of a command of commands; it is not needed for those of
    `quick`, which only read the database and so need not wait for all that looks at pictures.
    """

    name: str
    module: str
    text: str
    panel: str
    more: str = ""
    quick: frozenset[str] = frozenset()


ENTRIES = (
    Entry("import", "importing", "Bring folders of pictures into the library.", "Photos"),
    Entry("crawl", "crawling", "Fetch the pictures of a site of your own.", "Photos"),
    Entry("find", "finding", "Find who is on a picture, best first, with the photos they are on.", "Photos"),
    Entry(
        "people", "people", "The people in the library: list, name, merge, split, hide.", "People",
        more="people_deciding", quick=frozenset({"list", "show"}),
    ),
    Entry(
        "faces", "faces", "The faces in the photos: list, confirm, reject, assign, ignore.", "People",
        more="faces_deciding", quick=frozenset({"list", "unknown"}),
    ),
    Entry("undo", "undo", "Take back a decision, the last one if none is named.", "People"),
    Entry("history", "history", "List what was decided, newest first.", "People"),
    Entry("status", "status", "Show how much there is, and what is still to be done.", "Upkeep"),
    Entry("packs", "packs", "The networks that find and tell faces: list, install, use.", "Upkeep"),
    Entry("reindex", "reindexing", "Build the search index anew from the database.", "Upkeep"),
    Entry("doctor", "doctor", "Check that the library is whole; say what to do where it is not.", "Upkeep"),
    Entry("keys", "keys", "The API keys: list, create, rotate, revoke.", "Service"),
    Entry(
        "tenants", "tenants", "The tenants: list, create, limit, suspend, activate, export, erase.", "Service"
    ),
    Entry("batches", "batches", "Pictures indexed in the background: list, show, cancel.", "Upkeep"),
    Entry("webhooks", "webhooks", "Servers that are told what happens: list, add, test, replay.", "Upkeep"),
    Entry("audit", "auditing", "Who had to do with biometric data, and when: list, export.", "Upkeep"),
    Entry("engine", "engine", "The face engine of another machine: show it, serve one.", "Service"),
    Entry("serve", "serving", "Serve the library over HTTP.", "Service"),
    Entry("worker", "working", "Work on queued photos until stopped.", "Service"),
)  # fmt: skip


class _Module(Protocol):
    def register(self, app: typer.Typer) -> None: ...


def build(arguments: Sequence[str]) -> typer.Typer:
    """The app, with every command that `arguments` may name in full, and the others by name and help only."""
    app = typer.Typer(
        name="kith", help=TEXT, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )  # fmt: skip
    app.callback()(_root)
    for entry in ENTRIES:
        if entry.name not in arguments:
            app.command(entry.name, help=entry.text, rich_help_panel=entry.panel)(_stub)
            continue
        if entry.more and not _is_quick(entry, arguments):
            importlib.import_module(f"kith.cli.{entry.more}")
        cast("_Module", importlib.import_module(f"kith.cli.{entry.module}")).register(app)
    return app


def _is_quick(entry: Entry, arguments: Sequence[str]) -> bool:
    """Whether what follows the command is nothing but options, or one of its quick commands."""
    words = arguments[list(arguments).index(entry.name) + 1 :]
    named = [
        word for before, word in pairwise(("", *words)) if not word.startswith("-") and before != "--data"
    ]
    return not {"-h", "--help"}.intersection(words) and (not named or named[0] in entry.quick)


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
