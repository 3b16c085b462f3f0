"""`kith status`, `packs`, `reindex`, `doctor`: looking after a library."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.library import faces, twin_of
from tests.support.commands import Json, kith
from tests.support.shared import shared_path

pytestmark = pytest.mark.models


class TestStatus:
    def test_json(self, library: Path) -> None:
        shown = kith("status", "--json", "--data", library).json
        assert list(shown) == [
            "data", "database", "pack", "photos", "faces", "persons", "stored_bytes", "queue",
        ]  # fmt: skip
        assert (shown["data"], shown["database"], shown["pack"]) == (str(library), "sqlite", "mobile")
        assert shown["photos"] == {"pending": 0, "analysed": 18, "failed": 0}
        assert set(shown["faces"]) == {"unknown", "suggested", "grouped", "auto", "confirmed"}
        assert sum(shown["faces"].values()) == len(faces(library))
        assert shown["persons"] == {"named": 0, "unnamed": 3}
        assert shown["queue"] == {"queued": {}, "running": {}, "failed": {}}

    def test_human(self, library: Path) -> None:
        shown = kith("status", "--data", library).stdout
        assert "18 (18 analysed)" in shown
        assert "3 (3 unnamed)" in shown


class TestPacks:
    def test_list_json(self, empty: Path) -> None:
        packs = kith("packs", "list", "--json", "--data", empty).json
        assert all(
            list(pack)
            == [
                "id", "version", "title", "license", "license_url", "needs_acceptance", "dimension",
                "installed", "in_use", "size_bytes",
            ]
            for pack in packs
        )  # fmt: skip
        assert {pack["id"] for pack in packs if pack["installed"]} == {"mobile", "dlib"}
        assert [pack["id"] for pack in packs if pack["in_use"]] == ["mobile"]
        assert {pack["id"] for pack in packs if pack["needs_acceptance"]} >= {"buffalo_l", "antelopev2"}

    def test_list_leaves_no_library_behind(self, tmp_path: Path) -> None:
        assert kith("packs", "--data", tmp_path / "data").code == 0
        assert not (tmp_path / "data").exists()

    def test_install_shows_the_licence(self, tmp_path: Path) -> None:
        ran = kith("packs", "install", shared_path("models"), "--data", tmp_path)
        assert "MIT AND Apache-2.0" in ran.stdout

    def test_install_with_a_wrong_digest_changes_nothing(self, with_pack: Path, tmp_path: Path) -> None:
        wrong = "mobilefacenet.onnx=" + "0" * 64
        ran = kith("packs", "install", with_pack / "packs" / "mobile", "--sha256", wrong, "--data", tmp_path)
        assert ran.code == 1
        assert ran.stderr.splitlines()[-1].startswith("error [pack_digest_mismatch] ")
        packs = kith("packs", "list", "--json", "--data", tmp_path).json
        assert {pack["id"] for pack in packs if pack["installed"]} == {"dlib"}

    def test_install_of_a_licence_to_be_accepted(self, tmp_path: Path) -> None:
        ran = kith("packs", "install", "buffalo_l", "--data", tmp_path)
        assert ran.code == 1
        assert ran.stderr.startswith("error [pack_license_not_accepted] ")

    def test_install_of_nothing(self, tmp_path: Path) -> None:
        assert kith("packs", "install", tmp_path / "none", "--data", tmp_path).code == 4

    @pytest.mark.parametrize("digests", [("a", "b"), ("a", "f=b")], ids=["two", "mixed"])
    def test_digests_that_cannot_be_told_apart_are_a_usage_error(
        self, tmp_path: Path, digests: tuple[str, str]
    ) -> None:
        words = [word for digest in digests for word in ("--sha256", digest)]
        assert kith("packs", "install", "opencv", *words, "--data", tmp_path).code == 2

    def test_use(self, library: Path) -> None:
        ran = kith("packs", "use", "mobile", "--json", "--data", library)
        assert ran.json == {"id": "mobile", "photos": 0, "queued": False}

    def test_use_of_another_pack_analyses_everything_and_keeps_names(self, library: Path) -> None:
        """`twin` has the networks of `mobile`, but is another space: vectors are never shared."""
        assert kith("packs", "install", twin_of(library), "--data", library).code == 0
        kith("faces", "assign", str(faces(library)[0]["face_id"]), "--new", "Somebody", "--data", library)
        before = [(face["face_id"], face["xyxy"], face["person"]) for face in faces(library)]
        later = kith("packs", "use", "twin", "--later", "--json", "--data", library)
        assert later.json == {"id": "twin", "photos": 18, "queued": True}
        assert kith("status", "--json", "--data", library).json["queue"]["queued"] == {"analyse": 18}
        done = kith("packs", "use", "twin", "--json", "--data", library)
        assert done.json["photos"] == 18
        assert [(face["face_id"], face["xyxy"], face["person"]) for face in faces(library)] == before
        assert kith("status", "--json", "--data", library).json["pack"] == "twin"
        assert kith("packs", "remove", "mobile", "--data", library).code == 0

    def test_use_of_one_that_is_not_there(self, library: Path) -> None:
        ran = kith("packs", "use", "none", "--data", library)
        assert ran.code == 4
        assert ran.stderr.startswith("error [pack_not_found] ")

    def test_verify(self, library: Path) -> None:
        ran = kith("packs", "verify", "--json", "--data", library)
        (checked,) = ran.json
        assert (ran.code, checked["id"], checked["intact"]) == (0, "mobile", True)
        assert all(file.keys() == {"name", "expected", "actual", "intact"} for file in checked["files"])
        with (library / "packs" / "mobile" / "mobilefacenet.onnx").open("ab") as network:
            network.write(b"x")
        ran = kith("packs", "verify", "mobile", "--json", "--data", library)
        assert (ran.code, ran.json[0]["intact"]) == (1, False)

    def test_remove(self, library: Path) -> None:
        ran = kith("packs", "remove", "mobile", "--data", library)
        assert ran.code == 1
        assert ran.stderr.startswith("error [pack_in_use] ")
        assert kith("packs", "remove", "none", "--data", library).code == 4


class TestReindex:
    def test_counts_faces(self, library: Path) -> None:
        shutil.rmtree(library / "index")
        ran = kith("reindex", "--json", "--data", library)
        assert ran.json == {"photos": 0, "faces": len(faces(library))}

    def test_analyse_keeps_faces_and_decisions(self, library: Path) -> None:
        first = faces(library)[0]["face_id"]
        kith("faces", "assign", str(first), "--new", "Somebody", "--data", library)
        before = faces(library)
        ran = kith("reindex", "--analyse", "--json", "--data", library)
        assert ran.json == {"photos": 18, "faces": len(before)}
        after = faces(library)
        assert [(it["face_id"], it["person"], it["state"]) for it in after] == [
            (it["face_id"], it["person"], it["state"]) for it in before
        ]


def examine(data: Path) -> tuple[int, dict[str, Json]]:
    ran = kith("doctor", "--json", "--data", data)
    return ran.code, {finding["check"]: finding for finding in ran.json}


def change(data: Path, statement: str) -> None:
    with sqlite3.connect(data / "kith.db") as connection:
        connection.execute(statement)
    connection.close()


class TestDoctor:
    def test_of_a_library_that_is_well(self, library: Path) -> None:
        code, found = examine(library)
        assert code == 0
        assert list(found) == [
            "settings", "data folder", "free space", "database", "schema", "packs", "files in place",
            "changed files", "copied files", "photos", "jobs", "embeddings", "index",
        ]  # fmt: skip
        assert all(list(finding) == ["check", "state", "detail", "advice"] for finding in found.values())
        assert {finding["state"] for finding in found.values()} == {"ok"}

    def test_changes_nothing(self, library: Path) -> None:
        before = {path: path.read_bytes() for path in library.rglob("*") if path.suffix in {".db", ".onnx"}}
        examine(library)
        assert {path: path.read_bytes() for path in before} == before

    def test_no_library(self, tmp_path: Path) -> None:
        code, found = examine(tmp_path / "none")
        assert (code, found["data folder"]["state"]) == (1, "fail")
        assert not (tmp_path / "none").exists()

    def test_unknown_settings(self, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KITH_WORKR__BATCH", "3")
        code, found = examine(library)
        assert (code, found["settings"]["state"]) == (0, "warn")
        assert "KITH_WORKR__BATCH" in found["settings"]["detail"]

    def test_a_damaged_database(self, library: Path) -> None:
        path = library / "kith.db"
        data = bytearray(path.read_bytes())
        data[8192 : len(data) - 4096] = b"\x7f" * (len(data) - 12288)
        path.write_bytes(data)
        code, found = examine(library)
        assert (code, found["database"]["state"]) == (1, "fail")

    def test_an_older_schema(self, library: Path) -> None:
        change(library, "UPDATE alembic_version SET version_num = '0000'")
        code, found = examine(library)
        assert (code, found["schema"]["state"]) == (0, "warn")

    def test_missing_and_changed_files_in_place(self, empty: Path, photos: Path) -> None:
        kith("import", photos, "--data", empty)
        gone, changed, _ = sorted(photos.iterdir())
        gone.unlink()
        changed.write_bytes(changed.read_bytes() + b" ")
        code, found = examine(empty)
        assert code == 0
        assert found["files in place"]["state"] == found["changed files"]["state"] == "warn"
        assert str(gone) in found["files in place"]["detail"]
        assert str(changed) in found["changed files"]["detail"]

    def test_lost_copies(self, empty: Path, photos: Path) -> None:
        kith("import", photos, "--copy", "--data", empty)
        next(path for path in (empty / "blobs").rglob("*") if path.is_file()).unlink()
        code, found = examine(empty)
        assert (code, found["copied files"]["state"]) == (1, "fail")

    def test_failed_photos(self, empty: Path) -> None:
        kith("import", shared_path("data", "malformed", "CompreFace__truncated.jpg"), "--data", empty)
        code, found = examine(empty)
        assert (code, found["photos"]["state"]) == (0, "warn")
        assert "image_corrupt" in found["photos"]["detail"]

    def test_failed_jobs(self, library: Path) -> None:
        now = "2026-01-01 00:00:00"
        change(
            library,
            "INSERT INTO jobs (uuid, tenant_id, kind, payload, state, attempts, available_at, created_at,"
            f" error_code) VALUES ('{'0' * 32}', 1, 'analyse', '{json.dumps({})}', 'failed', 5, '{now}',"
            f" '{now}', 'internal_error')",
        )
        code, found = examine(library)
        assert (code, found["jobs"]["state"]) == (0, "warn")
        assert "internal_error" in found["jobs"]["detail"]

    def test_missing_embeddings(self, library: Path) -> None:
        change(library, "DELETE FROM embeddings WHERE face_id = (SELECT min(face_id) FROM embeddings)")
        code, found = examine(library)
        assert found["embeddings"]["state"] == "warn"
        assert found["embeddings"]["detail"].startswith("1 faces")
        # The index still has it, and nothing in the log of changes says otherwise.
        assert (code, found["index"]["state"]) == (1, "fail")

    def test_an_index_that_is_behind_is_well(self, library: Path) -> None:
        shutil.rmtree(library / "index")
        code, found = examine(library)
        assert (code, found["index"]["state"]) == (0, "ok")
        assert "changes behind" in found["index"]["detail"]

    def test_a_damaged_pack(self, library: Path) -> None:
        (library / "packs" / "mobile" / "mobilefacenet.onnx").unlink()
        code, found = examine(library)
        assert (code, found["packs"]["state"]) == (1, "fail")
        assert "kith packs verify mobile" in found["packs"]["advice"]

    def test_a_missing_pack(self, library: Path) -> None:
        shutil.rmtree(library / "packs" / "mobile")
        code, found = examine(library)
        assert (code, found["packs"]["state"]) == (1, "fail")

    def test_human_says_what_to_do(self, library: Path) -> None:
        (library / "packs" / "mobile" / "mobilefacenet.onnx").unlink()
        ran = kith("doctor", "--data", library)
        assert ran.code == 1
        assert any(
            line.startswith("fail  packs") and "kith packs install" in line
            for line in ran.stdout.splitlines()
        )
