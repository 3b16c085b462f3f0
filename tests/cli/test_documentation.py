"""docs/cli.md tells of every command, option, exit code and error code there is, and of no other command."""

import inspect
import re
from collections.abc import Iterator

import pytest
from typer.main import get_command

from kith.cli import errors
from kith.cli.app import ENTRIES, build
from kith.errors import AppError
from tests.support.shared import ROOT

TEXT = (ROOT / "docs" / "cli.md").read_text()
COMMON = {"--data", "--json", "--debug", "--help", "-h"}


def sections() -> dict[str, str]:
    """The text under each `## kith COMMAND`."""
    parts = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    return {part.split("\n")[0]: part for part in parts}


def commands() -> Iterator[tuple[str, set[str]]]:
    """Each command, as it is typed, with its own options."""
    for entry in ENTRIES:
        it = get_command(build([entry.name, "--help"])).commands[entry.name]
        for name, command in getattr(it, "commands", {"": it}).items():
            options = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
            yield f"kith {entry.name} {name}".strip(), {it for it in options if it.startswith("-")} - COMMON


@pytest.mark.parametrize(("command", "options"), [pytest.param(*it, id=it[0]) for it in commands()])
def test_commands_and_options(command: str, options: set[str]) -> None:
    text = sections()[" ".join(command.split()[:2])]
    assert re.search(rf"`{command}\b", text)
    assert {option for option in options if f"{option}" not in text} == set()


def test_no_other_command() -> None:
    told = {name for name in sections() if name.startswith("kith ")}
    assert told == {f"kith {entry.name}" for entry in ENTRIES}


@pytest.mark.parametrize("option", sorted(COMMON | {"--version"}))
def test_common_options(option: str) -> None:
    assert f"`{option}" in sections()["Common options"]


def test_exit_codes() -> None:
    codes = {value for name, value in vars(errors).items() if name.isupper() and isinstance(value, int)}
    told = {int(code) for code in re.findall(r"^\| (\d+)", sections()["Exit codes"], re.MULTILINE)}
    assert told - {130} == codes


def test_error_codes() -> None:
    own = {
        it.code
        for it in vars(errors).values()
        if inspect.isclass(it) and issubclass(it, AppError) and it.__module__ == errors.__name__
    }
    assert own
    assert all(f"| `{code}` |" in sections()["Errors of the command line"] for code in own)
