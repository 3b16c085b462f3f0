"""How every benchmark prints what it measured: tables for people, or one JSON object for machines.

Rows are dicts with the same keys; ratios come first, then the absolute numbers they were made from. The
machine and its load are printed beside them, for a busy machine makes absolute numbers worse.
"""

import argparse
import json
import os
import platform
import resource
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

Row = Mapping[str, object]


def parser_for(description: str | None) -> argparse.ArgumentParser:
    """A parser whose help is the module's docstring, with `--json`."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    return parser


def show(tables: Mapping[str, Sequence[Row]], *, as_json: bool) -> None:
    """Print each table under its title."""
    if as_json:
        print(json.dumps({"machine": machine(), "tables": tables}))
        return
    console = Console(width=200, highlight=False)
    for title, rows in tables.items():
        table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
        for name in rows[0] if rows else ():
            is_number = isinstance(rows[0][name], int | float)
            table.add_column(name, justify="right" if is_number else "left")
        for row in rows:
            table.add_row(*(_cell(value) for value in row.values()))
        console.print(table)
    console.print(", ".join(f"{name} {value}" for name, value in machine().items()))


def machine() -> dict[str, object]:
    """What the numbers depend on: cores, processor, load, and the most memory this process has held."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "load": round(os.getloadavg()[0], 1),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
