"""`kith import`: what it brings in, what it says, and what it exits with."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from kith.cli.importing import ImportJson
from tests.cli.library import faces, people
from tests.support.commands import kith, start_kith
from tests.support.shared import shared_path

pytestmark = pytest.mark.models


def take(data: Path, *words: str | Path) -> ImportJson:
    ran = kith("import", *words, "--json", "--data", data)
    assert ran.code == 0, ran.stderr
    return ran.json


class TestJson:
    def test_is_one_object_with_exactly_these_fields(self, empty: Path, photos: Path) -> None:
        (photos / "notes.pdf").write_text("no picture")
        ran = kith("import", photos, "--json", "--data", empty)
        assert ran.code == 0
        assert ran.stdout.count("\n") == 1
        done = ran.json
        assert isinstance(done.pop("seconds"), float)
        errors = done.pop("errors")
        assert done == {"photos": 4, "added": 3, "duplicates": 0, "failed": 1, "faces": 6, "people": 1}
        assert [(error["path"], error["code"]) for error in errors] == [
            (str(photos / "notes.pdf"), "image_unsupported")
        ]
        assert errors[0].keys() == {"path", "code", "message"}
        assert errors[0]["message"]

    def test_leaves_progress_to_stderr(self, empty: Path, photos: Path) -> None:
        ran = kith("import", photos, "--json", "--data", empty)
        assert "Reading" in ran.stderr
        assert "Analysing" in ran.stderr


class TestHuman:
    def test_sums_up_and_lists_what_failed(self, empty: Path, photos: Path) -> None:
        (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
        ran = kith("import", photos, "--data", empty)
        assert ran.code == 0
        assert ran.stdout.startswith("4 files: 3 new photos, 0 already known, 1 failed. 6 faces of 1 people.")
        assert f"{photos / 'broken.jpg'}: " in ran.stderr
        assert "[image_corrupt]" in ran.stderr


class TestAgain:
    def test_the_same_folder_adds_nothing(self, empty: Path, photos: Path) -> None:
        first, second = take(empty, photos), take(empty, photos)
        assert (second["added"], second["duplicates"], second["failed"]) == (0, 3, 0)
        assert (second["faces"], second["people"]) == (first["faces"], first["people"])

    def test_a_moved_file_is_the_same_photo(self, empty: Path, photos: Path) -> None:
        take(empty, photos)
        before = faces(empty)
        (photos / "elsewhere").mkdir()
        for path in photos.glob("*.*g"):
            path.rename(photos / "elsewhere" / f"moved-{path.name}")
        done = take(empty, photos)
        assert (done["added"], done["duplicates"]) == (0, 3)
        assert [face["face_id"] for face in faces(empty)] == [face["face_id"] for face in before]

    def test_the_same_picture_twice_is_one_photo(self, empty: Path, photos: Path) -> None:
        path = next(photos.glob("alex*"))
        shutil.copy(path, photos / f"copy-{path.name}")
        done = take(empty, photos)
        assert (done["photos"], done["added"], done["duplicates"]) == (4, 3, 1)

    def test_a_picture_that_failed_is_counted_as_failed_by_each_of_its_paths(
        self, empty: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "cut"
        folder.mkdir()
        cut = shared_path("data", "malformed", "CompreFace__truncated.jpg").read_bytes()
        for name in ("a.jpg", "b.jpg"):
            (folder / name).write_bytes(cut)
        ran = kith("import", folder, "--json", "--data", empty)
        assert (ran.json["failed"], ran.json["added"], ran.json["duplicates"]) == (2, 0, 0)
        assert [Path(error["path"]).name for error in ran.json["errors"]] == ["a.jpg", "b.jpg"]


class TestStorage:
    def test_in_place_is_where_the_file_is(self, empty: Path, photos: Path) -> None:
        take(empty, photos)
        assert {Path(face["path"]).parent for face in faces(empty)} == {photos}
        assert not (empty / "blobs" / "originals").exists()

    def test_a_copy_outlives_the_file(self, empty: Path, photos: Path) -> None:
        take(empty, photos, "--copy")
        sizes = sorted(path.stat().st_size for path in photos.iterdir())
        shutil.rmtree(photos)
        paths = {Path(face["path"]) for face in faces(empty)}
        assert all(path.is_absolute() for path in paths)
        assert sorted(path.stat().st_size for path in paths) == sizes
        assert kith("reindex", "--analyse", "--data", empty).code == 0

    def test_the_data_folder_among_the_pictures_is_passed_over(self, empty: Path, photos: Path) -> None:
        data = photos / "kith-data"
        shutil.copytree(empty, data)
        take(data, photos, "--copy")
        again = take(data, photos)
        assert (again["photos"], again["failed"]) == (3, 0)


class TestExitCode:
    def test_some_failed_is_well(self, empty: Path, photos: Path) -> None:
        (photos / "no.jpg").write_text("no picture")
        assert kith("import", photos, "--data", empty).code == 0

    def test_strict_minds_one(self, empty: Path, photos: Path) -> None:
        (photos / "no.jpg").write_text("no picture")
        ran = kith("import", photos, "--strict", "--json", "--data", empty)
        assert (ran.code, ran.json["added"]) == (3, 3)

    def test_all_failed(self, empty: Path, tmp_path: Path) -> None:
        ran = kith("import", tmp_path / "nowhere", "--json", "--data", empty)
        assert ran.code == 3
        assert [error["code"] for error in ran.json["errors"]] == ["file_missing"]

    def test_an_empty_folder_is_well(self, empty: Path, tmp_path: Path) -> None:
        assert take(empty, tmp_path / "here")["photos"] == 0

    def test_a_pack_that_is_not_there_ends_it_before_anything_is_read(
        self, empty: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KITH_ENGINE__PACK", "no-such-pack")
        ran = kith("import", photos, "--data", empty)
        assert (ran.code, ran.stdout) == (4, "")
        assert ran.stderr.startswith("error [pack_not_found] ")
        monkeypatch.delenv("KITH_ENGINE__PACK")
        assert people(empty) == []


def wait_for(process: subprocess.Popen[str], words: str) -> None:
    """Read stderr until these words come."""
    assert process.stderr is not None
    while line := process.stderr.readline():
        if words in line:
            return
    raise AssertionError(f"the process ended without saying {words!r}")


@pytest.mark.slow
class TestSignals:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_leave_a_state_that_goes_on(self, empty: Path, number: signal.Signals) -> None:
        folder = shared_path("data", "identities")
        process = start_kith("import", folder, "--data", empty)
        while process.poll() is None and not list(empty.glob("kith.db")):
            time.sleep(0.01)
        time.sleep(0.5)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 128 + number, stderr
        assert stdout == ""
        assert "Nothing is lost" in stderr
        assert "Traceback" not in stderr
        status = kith("status", "--json", "--data", empty).json
        assert status["queue"]["running"] == {}
        assert status["queue"]["failed"] == {}
        done = take(empty, shared_path("data", "identities", "alex_lacamoire"))
        assert done["failed"] == 0


@pytest.mark.slow
class TestWatch:
    def test_imports_what_appears_until_it_is_stopped(self, empty: Path, photos: Path) -> None:
        incoming = photos.parent / "incoming"
        incoming.mkdir()
        process = start_kith("import", incoming, "--watch", "--json", "--data", empty)
        wait_for(process, "Watching for new pictures")
        for path in photos.iterdir():
            shutil.copy(path, incoming)
        assert process.stdout is not None
        counts = [process.stdout.readline() for _ in range(2)]
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == 0, stderr
        assert '"photos": 0' in counts[0]
        assert '"added": 3' in counts[1]
        assert {Path(face["path"]).parent for face in faces(empty)} == {incoming}
