"""No traceback ever reaches a user: one line, with a code, and an exit code that fits."""

from pathlib import Path

import pytest

from kith.cli.errors import ERROR, NOT_FOUND, UNAVAILABLE, USAGE, exit_code
from kith.cli.failures import report
from kith.cli.logs import CommandLog
from kith.cli.output import Output
from kith.errors import AppError, Busy, Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from kith.setting_groups import LogSettings
from tests.support.commands import Ran, kith


def must_say(ran: Ran, code: str, exit_with: int) -> None:
    """One line on stderr that begins with the error's code; nothing on stdout."""
    assert ran.code == exit_with, ran.stderr
    assert ran.stdout == ""
    assert ran.stderr.startswith(f"error [{code}] ")
    assert ran.stderr.count("\n") == 1
    assert "Traceback" not in ran.stderr


class TestExitCodes:
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (NotFound(), NOT_FOUND), (Unavailable(), UNAVAILABLE), (Busy(), UNAVAILABLE),
            (Conflict(), ERROR), (InvalidInput(), ERROR), (Forbidden(), ERROR), (AppError(), ERROR),
        ],
        ids=lambda it: type(it).__name__,
    )  # fmt: skip
    def test_follow_the_kind(self, error: AppError, code: int) -> None:
        assert exit_code(error) == code


class TestLibrary:
    @pytest.mark.parametrize(
        "words",
        [
            ("status",), ("people",), ("faces", "list"), ("history",), ("undo",), ("reindex",),
            ("find", "a.jpg"), ("people", "name", "1", "Ada"),
        ],
        ids=" ".join,
    )  # fmt: skip
    def test_that_is_not_there_is_not_made(self, tmp_path: Path, words: tuple[str, ...]) -> None:
        data = tmp_path / "typo"
        must_say(kith(*words, "--data", data), "library_missing", NOT_FOUND)
        assert not data.exists()

    def test_that_is_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        must_say(kith("import", tmp_path, "--data", tmp_path / "file"), "storage_unavailable", UNAVAILABLE)

    def test_whose_database_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "kith.db").write_text("this is no database, " * 100)
        ran = kith("status", "--data", tmp_path)
        must_say(ran, "database_unavailable", UNAVAILABLE)

    def test_whose_database_server_is_away(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_DATABASE__URL", "postgresql://nobody@127.0.0.1:1/kith")
        must_say(kith("status", "--data", tmp_path), "database_unavailable", UNAVAILABLE)

    def test_whose_database_server_has_no_name(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_DATABASE__URL", "postgresql://nobody@no-such-host.invalid/kith")
        must_say(kith("status", "--data", tmp_path), "database_unavailable", UNAVAILABLE)


class TestSettings:
    def test_that_cannot_be_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_WORKER__BATCH", "many")
        ran = kith("status")
        must_say(ran, "settings_invalid", USAGE)
        assert "KITH_WORKER__BATCH" in ran.stderr


class TestUnforeseen:
    def fail(self, data: Path, *, is_open: bool, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
        with CommandLog(data, LogSettings(), is_debug=False) as log:
            if is_open:
                log.open()
            code = report(ValueError("secret"), Output(is_json=False), log)
        return code, capsys.readouterr().err

    def test_is_one_line_and_the_traceback_is_in_the_log(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, shown = self.fail(tmp_path, is_open=True, capsys=capsys)
        assert code == ERROR
        assert shown.startswith("error [internal_error] ")
        assert shown.count("\n") == 1
        assert "secret" not in shown
        path = tmp_path / "logs" / "kith.log"
        assert str(path) in shown
        assert "ValueError: secret" in path.read_text()

    def test_without_a_log_debug_is_offered(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        _, shown = self.fail(tmp_path, is_open=False, capsys=capsys)
        assert "--debug" in shown

    def test_the_first_of_several_errors_counts(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with CommandLog(tmp_path, LogSettings(), is_debug=False) as log:
            both = ExceptionGroup("both", [NotFound("no Ada"), ValueError()])
            assert report(both, Output(is_json=False), log) == NOT_FOUND
        assert capsys.readouterr().err == "error [not_found] no Ada\n"

    def test_a_full_disk_is_called_that(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with CommandLog(tmp_path, LogSettings(), is_debug=False) as log:
            error = OSError(28, "No space left on device")
            assert report(error, Output(is_json=False), log) == UNAVAILABLE
        assert capsys.readouterr().err.startswith("error [storage_full] ")


class TestWords:
    def test_what_steers_a_terminal_is_made_visible(self, tmp_path: Path) -> None:
        ran = kith("find", "\x1b[31mred\n.jpg", "--data", tmp_path)
        assert "\x1b" not in ran.stderr
        assert ran.stderr.count("\n") == 1
