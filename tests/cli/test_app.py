"""The command line as a whole: its help, its options, how quickly it is there."""

import subprocess
import sys
from pathlib import Path

import pytest

from kith import __version__
from kith.cli.app import ENTRIES
from tests.support.commands import clean_environment, kith

GROUPS = {
    "people": ("list", "show", "name", "merge", "split", "hide", "show-again", "cover", "born", "erase"),
    "faces": ("list", "unknown", "confirm", "reject", "assign", "ignore", "restore"),
    "keys": ("list", "create", "rotate", "revoke"),
    "tenants": ("list", "create", "suspend", "activate", "export", "erase"),
    "batches": ("list", "show", "cancel"),
    "webhooks": ("list", "add", "remove", "test", "deliveries", "replay"),
    "audit": ("list", "export"),
    "engine": ("show", "serve"),
    "packs": ("list", "install", "use", "verify", "remove"),
}
COMMANDS = [(entry.name,) for entry in ENTRIES]
ALL = [*COMMANDS, *((name, command) for name, commands in GROUPS.items() for command in commands)]


def modules_loaded_by(*arguments: str) -> set[str]:
    """The names of all modules in a process after a command."""
    code = (
        "import sys; from kith.cli import main; code = main(sys.argv[1:])\n"
        "print('\\n'.join(sys.modules), file=sys.stderr); sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True, text=True, env=clean_environment(), check=True,
    )  # fmt: skip
    return set(ran.stderr.splitlines())


class TestHelp:
    def test_names_every_command(self) -> None:
        ran = kith("--help")
        assert ran.code == 0
        assert all(f"│ {entry.name} " in ran.stdout for entry in ENTRIES)

    @pytest.mark.parametrize("words", ALL, ids=" ".join)
    def test_of_each_command_has_examples(self, words: tuple[str, ...]) -> None:
        ran = kith(*words, "--help")
        assert ran.code == 0
        assert f"Usage: kith {' '.join(words)}" in ran.stdout
        assert "--data" in ran.stdout
        if words[0] not in GROUPS or len(words) == 2:
            assert "Examples:" in ran.stdout
            assert f"kith {' '.join(words)}" in ran.stdout.split("Examples:")[1]

    @pytest.mark.parametrize("name", GROUPS)
    def test_of_a_group_names_its_commands(self, name: str) -> None:
        listed = kith(name, "--help").stdout
        assert all(f"│ {command} " in listed for command in GROUPS[name])

    @pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
    def test_in_the_table_of_contents_is_the_first_line_of_the_command(self, entry) -> None:
        shown = " ".join(kith(entry.name, "--help").stdout.split())
        assert entry.text in shown

    def test_without_a_command(self) -> None:
        assert "Usage: kith" in kith().stdout

    def test_short_form(self) -> None:
        assert kith("status", "-h").code == 0

    def test_version(self) -> None:
        ran = kith("--version")
        assert (ran.code, ran.stdout.strip()) == (0, __version__)


class TestUsage:
    def test_an_unknown_command_is_a_usage_error_with_a_guess(self) -> None:
        ran = kith("imprt")
        assert ran.code == 2
        assert "Did you mean 'import'?" in ran.stderr

    def test_an_unknown_option_is_a_usage_error(self) -> None:
        assert kith("status", "--colour").code == 2

    def test_a_wrong_value_is_a_usage_error(self) -> None:
        assert kith("faces", "confirm", "me").code == 2

    def test_a_missing_argument_is_a_usage_error(self) -> None:
        assert kith("import").code == 2


class TestStartUp:
    def test_help_loads_neither_database_nor_engine(self) -> None:
        loaded = modules_loaded_by("--help")
        assert not {"sqlalchemy", "numpy", "onnxruntime", "pydantic", "kith.runtime"} & loaded

    @pytest.mark.models
    @pytest.mark.parametrize(
        "words", [("status",), ("people",), ("people", "list"), ("faces", "list"), ("history",)], ids=" ".join
    )
    def test_commands_that_read_do_without_the_engine(self, imported: Path, words: tuple[str, ...]) -> None:
        loaded = modules_loaded_by(*words, "--data", str(imported))
        assert not {"onnxruntime", "cv2", "scipy", "kith.runtime"} & loaded


@pytest.mark.models
class TestCommonOptions:
    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_data_may_stand_anywhere(self, library: Path, place: int) -> None:
        words = ["people", "list"]
        words[place:place] = ["--data", str(library), "--json"]
        ran = kith(*words)
        assert ran.code == 0
        assert len(ran.json) == 3

    def test_the_last_data_counts(self, library: Path, tmp_path: Path) -> None:
        assert kith("--data", tmp_path / "other", "status", "--data", library).code == 0

    def test_data_from_the_environment(self, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_DATA", str(library))
        assert kith("status").code == 0

    def test_debug_logs_to_stderr(self, library: Path) -> None:
        ran = kith("undo", "--debug", "--data", library)
        assert ran.code == 1
        assert "nothing_to_undo" in ran.stderr
