"""`kith webhooks` and `kith audit`, on a real library."""

import csv
from pathlib import Path

import pytest

from tests.cli.library import person_of
from tests.notify.receiver import receiving
from tests.support.commands import kith


class TestWebhooks:
    def test_from_adding_to_removing(self, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_FETCH__ALLOWED_PRIVATE", '["127.0.0.0/8"]')
        with receiving() as receiver:
            added = kith(
                "webhooks",
                "add",
                receiver.url,
                "--event",
                "face.indexed",
                "--secret",
                "s",
                "--json",
                "--data",
                library,
            )
            assert added.json["events"] == ["face.indexed"]
            assert "secret" not in added.json
            assert kith("webhooks", "list", "--json", "--data", library).json == [added.json]
            assert kith("webhooks", "test", receiver.url, "--json", "--data", library).json["status"] == 204
            receiver.drops = 100
            assert kith("webhooks", "test", receiver.url, "--data", library).code == 1
            assert "Nothing was sent." in kith("webhooks", "deliveries", "--dead", "--data", library).stdout
            assert kith("webhooks", "replay", "--json", "--data", library).json == {"queued": 0}
            assert kith("webhooks", "replay", "1", "--data", library).code == 4
            assert kith("webhooks", "remove", receiver.url, "--data", library).code == 0
            assert kith("webhooks", "remove", receiver.url, "--data", library).code == 4
        assert "There are no webhooks." in kith("webhooks", "--data", library).stdout

    def test_private_address(self, library: Path) -> None:
        ran = kith("webhooks", "add", "http://169.254.169.254/", "--data", library)
        assert (ran.code, ran.stderr.split("]")[0]) == (1, "error [fetch_refused_address")


class TestAudit:
    def test_tells_of_indexing_deciding_and_erasing(self, library: Path) -> None:
        kith("people", "name", str(person_of(library, "ana_guevara")), "Ana", "--data", library)
        newest, *others = kith("audit", "list", "--json", "--data", library).json
        assert (newest["action"], newest["subject"], newest["counts"]) == (
            "decide",
            "decision",
            {"face": 7, "person": 1},
        )
        assert {it["action"] for it in others} == {"index"}
        assert len(others) == 18
        page = kith(
            "audit", "list", "--limit", "2", "--before", str(newest["id"]), "--json", "--data", library
        ).json
        assert page == others[:2]
        assert "Ana" not in kith("audit", "export", "--data", library).stdout

    def test_filter_and_export(self, library: Path) -> None:
        lines = kith("audit", "export", "--action", "index", "--data", library).json_lines
        assert len(lines) == 18
        one = kith(
            "audit", "export", "--subject", f"photo:{lines[3]['subject_id']}", "--csv", "--data", library
        )
        (row,) = csv.DictReader(one.stdout.splitlines())
        assert row["id"] == str(lines[3]["id"])
        assert kith("audit", "export", "--since", "2100-01-01", "--data", library).stdout == ""
