"""`kith doctor`: is everything as it should be?"""

from collections.abc import Sequence
from typing import TypedDict

import typer
from rich.console import RenderableType
from rich.text import Text

from kith.cli import checks
from kith.cli.checks import Finding, State
from kith.cli.command import Call, command
from kith.cli.errors import ERROR, OK
from kith.cli.library import library
from kith.cli.output import plain, table
from kith.cli.packs import pack_in_use
from kith.engine.packs import PackStore
from kith.kit.db import Database

_STYLES = {State.OK: "green", State.WARN: "yellow", State.FAIL: "bold red"}


class FindingJson(TypedDict):
    check: str
    state: str
    detail: str
    advice: str


def register(app: typer.Typer) -> None:
    command(app, "doctor", examples=("kith doctor", "kith doctor --json"))(doctor)


async def doctor(call: Call) -> int:
    """Check that the library is whole; say what to do where it is not.

    Nothing is changed. Exits with 1 if something failed; a warning is no failure.
    """
    found = await _examine(call)
    call.output.answer([_json(finding) for finding in found], lambda: _table(found))
    return ERROR if _has_failed(found) else OK


async def _examine(call: Call) -> list[Finding]:
    """The checks in an order in which each can rely on those before it; it ends where nothing can."""
    folder = call.settings.data
    found = [checks.check_variables(), checks.check_folder(folder)]
    if _has_failed(found):
        return found
    found.append(checks.check_space(folder))
    store = PackStore(call.settings.packs_folder)
    if not call.has_library:
        return [*found, *await _check_networks(call, store)]
    database = Database(call.settings.database_url)
    try:
        answer = await checks.check_database(database)
        if answer.state is State.FAIL:
            return [*found, answer]
        schema = await checks.check_schema(database)
    finally:
        await database.close()
    found += [answer, schema]
    if schema.state is State.OK:
        found += await _check_networks(call, store)
        async with library(call) as runtime:
            found += [finding async for finding in checks.check_library(runtime, call.who)]
    return found


async def _check_networks(call: Call, store: PackStore) -> list[Finding]:
    engine = call.settings.engine
    if engine.url is not None:
        return [await checks.check_engine(engine.url, engine.key)]
    return await checks.check_packs(store, await pack_in_use(call, store))


def _has_failed(found: Sequence[Finding]) -> bool:
    return any(finding.state is State.FAIL for finding in found)


def _json(finding: Finding) -> FindingJson:
    return {
        "check": finding.check,
        "state": finding.state.value,
        "detail": finding.detail,
        "advice": finding.advice,
    }


def _table(found: list[Finding]) -> RenderableType:
    return table(
        ["", "check", "", "what to do"],
        [(Text(it.state, _STYLES[it.state]), it.check, it.detail, plain(it.advice)) for it in found],
    )
