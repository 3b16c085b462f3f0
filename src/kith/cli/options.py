"""The options every command has; they may stand before the command, after it, or in between."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

_PANEL = "Common options"

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", readable=False, rich_help_panel=_PANEL, show_default=False,
        help="The data folder; KITH_DATA sets it too, else it is ./kith-data.",
    ),
]  # fmt: skip
JsonOption = Annotated[
    bool,
    typer.Option(
        "--json", rich_help_panel=_PANEL, help="Print data as JSON on stdout, everything else on stderr."
    ),
]
DebugOption = Annotated[
    bool,
    typer.Option(
        "--debug", rich_help_panel=_PANEL, help="Log everything to stderr, with tracebacks of errors."
    ),
]


@dataclass(frozen=True, slots=True)
class Common:
    """What was said so far on the command line."""

    data: Path | None = None
    json: bool = False
    debug: bool = False

    def then(self, later: "Common") -> "Common":
        """What stands further right counts more."""
        return Common(
            later.data if later.data is not None else self.data,
            self.json or later.json,
            self.debug or later.debug,
        )


def remember(
    ctx: typer.Context, *, data: DataOption = None, json: JsonOption = False, debug: DebugOption = False
) -> Common:
    """Keep the common options of one part of the command line for the parts to its right."""
    before = ctx.obj if isinstance(ctx.obj, Common) else Common()
    ctx.obj = said = before.then(Common(data, json, debug))
    return said
