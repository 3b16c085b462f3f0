"""`kith status`: how much there is, and what is still to be done."""

from typing import TypedDict

import typer
from rich.console import RenderableType

from kith.cli.command import Call, command
from kith.cli.output import table
from kith.faces.tables import FaceState
from kith.jobs.tables import JobState
from kith.people.reading import Statistics, read_statistics
from kith.photos.tables import PhotoState
from kith.settings import Settings


class StatusJson(TypedDict):
    data: str
    database: str
    pack: str | None
    photos: dict[str, int]
    faces: dict[str, int]
    persons: dict[str, int]
    stored_bytes: int
    queue: dict[str, dict[str, int]]


def register(app: typer.Typer) -> None:
    command(app, "status", examples=("kith status", "kith status --json | jq .photos"))(status)


async def status(call: Call) -> None:
    """Show how much there is, and what is still to be done."""
    async with call.database() as db, db.read() as session:
        statistics = await read_statistics(session, call.who)
    shown = _json(call.settings, statistics)
    call.output.answer(shown, lambda: _table(shown))


def _json(settings: Settings, statistics: Statistics) -> StatusJson:
    queue = {state.value: dict[str, int]() for state in JobState}
    for count in statistics.queue:
        queue[count.state][count.kind] = count.count
    return {
        "data": str(settings.data.absolute()),
        "database": settings.database_url.partition(":")[0].partition("+")[0],
        "pack": statistics.pack,
        "photos": {state.value: statistics.photos.get(state, 0) for state in PhotoState},
        "faces": {state.value: statistics.faces.get(state, 0) for state in FaceState},
        "persons": {"named": statistics.named_persons, "unnamed": statistics.unnamed_persons},
        "stored_bytes": statistics.stored_bytes,
        "queue": queue,
    }


def _table(shown: StatusJson) -> RenderableType:
    jobs = [
        f"{sum(kinds.values())} {state} ({', '.join(f'{count} {kind}' for kind, count in kinds.items())})"
        for state, kinds in shown["queue"].items()
        if kinds
    ]
    rows = [
        ("data", shown["data"]),
        ("database", shown["database"]),
        ("pack", shown["pack"] or "none yet: the first import chooses the best one installed"),
        ("photos", _sum(shown["photos"])),
        ("faces", _sum(shown["faces"])),
        ("people", _sum(shown["persons"])),
        ("size", f"{shown['stored_bytes'] / 1e6:,.1f} MB of originals"),
        ("queue", "; ".join(jobs) or "empty"),
    ]
    return table(["", ""], rows)


def _sum(counts: dict[str, int]) -> str:
    parts = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"{sum(counts.values())} ({parts})" if parts else "0"
