"""Bad input of every kind: a clear error each, the process alive, everything else imported."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kith.accounts.principal import Principal
from kith.runtime import open_runtime
from kith.settings import Settings
from tests.support.commands import Json, Ran, clean_environment, kith, run_kith, start_kith
from tests.support.databases import BACKENDS, discard, empty_database
from tests.support.shared import ROOT, shared_path
from tests.support.snapshots import snapshot

pytestmark = [pytest.mark.models, pytest.mark.slow]

GOOD = ("alex_lacamoire", "ana_guevara")
GOOD_PHOTOS = 9


@pytest.fixture(scope="module")
def with_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("with-pack") / "data"
    assert run_kith("packs", "install", shared_path("models"), "--data", data).code == 0
    return data


@pytest.fixture
def data(with_pack: Path, tmp_path: Path) -> Path:
    return shutil.copytree(with_pack, tmp_path / "data")


@pytest.fixture
def good() -> list[Path]:
    return [shared_path("data", "identities", name) for name in GOOD]


def take(data: Path, *paths: Path | bytes) -> Json:
    """Import in a process of its own; it ends well, says nothing but its answer, and shows no traceback."""
    ran = run_kith("import", *paths, "--json", "--data", data)
    assert ran.code == 0, ran.stderr
    assert ran.stdout.count("\n") == 1
    assert "Traceback" not in ran.stderr
    done = ran.json
    assert done["photos"] == done["added"] + done["duplicates"] + done["failed"]
    assert len(done["errors"]) == done["failed"]
    return done


def codes(done: Json) -> dict[str, str]:
    """{file name: code of its error}"""
    return {Path(error["path"]).name: error["code"] for error in done["errors"]}


def documented_codes() -> set[str]:
    """The codes that docs/cli.md says an import may list."""
    text = (ROOT / "docs" / "cli.md").read_text()
    section = text.split("### Errors of files")[1].split("\n#")[0]
    return set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


class TestMalformed:
    def test_every_file_is_imported_or_says_why_not(self, data: Path, good: list[Path]) -> None:
        malformed = sorted(shared_path("data", "malformed").iterdir())
        done = take(data, *malformed, *good)
        failed = codes(done)
        assert done["photos"] == len(malformed) + GOOD_PHOTOS
        assert set(failed.values()) <= documented_codes()
        assert all(error["message"] for error in done["errors"])
        assert not any(path.name in failed for folder in good for path in folder.iterdir())
        assert len(failed) >= 190
        expected = {
            "CompreFace__empty.png": "image_unsupported",
            "CompreFace__truncated.jpg": "image_corrupt",
            "Pillow__badwidth.bmp": "image_too_large",
            "Pillow__decompression_bomb.gif": "image_too_large",
            "libheif__github_44.heic": "image_corrupt",
            "manifest.csv": "image_unsupported",
        }
        assert {name: failed[name] for name in expected} == expected

    def test_again_nothing_changes(self, data: Path, good: list[Path]) -> None:
        malformed = sorted(shared_path("data", "malformed").iterdir())
        first, second = take(data, *malformed, *good), take(data, *malformed, *good)
        assert codes(second) == codes(first)
        assert second["added"] == 0
        assert second["duplicates"] == first["added"] + first["duplicates"]
        assert (second["faces"], second["people"]) == (first["faces"], first["people"])


class TestOddFiles:
    def test_what_is_no_picture(self, data: Path, good: list[Path], tmp_path: Path) -> None:
        folder = tmp_path / "odd"
        folder.mkdir()
        (folder / "empty.jpg").write_bytes(b"")
        (folder / "zeros.jpg").write_bytes(b"\0" * 100_000)
        (folder / "text.jpg").write_text("Dear diary, this is no picture.\n" * 100)
        (folder / "folder.jpg").mkdir()
        done = take(data, folder, tmp_path / "nowhere.jpg", *good)
        assert codes(done) == {
            "empty.jpg": "image_empty",
            "zeros.jpg": "image_unsupported",
            "text.jpg": "image_unsupported",
            "nowhere.jpg": "file_missing",
        }
        assert done["added"] == GOOD_PHOTOS

    def test_very_wide(self, data: Path, tmp_path: Path) -> None:
        Image.fromarray(np.full((200, 30_000, 3), 200, np.uint8)).save(tmp_path / "wide.jpg")
        Image.fromarray(np.full((2, 50_000, 3), 200, np.uint8)).save(tmp_path / "wider.png")
        done = take(data, tmp_path / "wide.jpg", tmp_path / "wider.png")
        assert codes(done) == {"wider.png": "image_too_large"}
        assert done["added"] == 1

    def test_a_name_that_is_no_text(self, data: Path, good: list[Path], tmp_path: Path) -> None:
        source = min(good[0].iterdir())
        name = os.fsencode(tmp_path) + b"/caf\xe9.jpg"
        try:
            shutil.copyfile(source, name)
        except OSError:
            pytest.skip("this file system takes only names that are UTF-8")
        done = take(data, name, *good)
        assert list(codes(done).values()) == ["file_name_invalid"]
        assert done["added"] == GOOD_PHOTOS

    def test_names_that_are_odd_text(self, data: Path, good: list[Path], tmp_path: Path) -> None:
        folder = tmp_path / "odd \n names"
        folder.mkdir()
        for source, name in zip(
            sorted(good[1].iterdir()), ("-rf.jpg", "a\tb.jpg", "%s'\".jpg", "ñ.jpg"), strict=False
        ):
            shutil.copyfile(source, folder / name)
        assert take(data, folder)["added"] == 4

    def test_a_folder_without_permission(self, data: Path, good: list[Path], tmp_path: Path) -> None:
        folder = tmp_path / "closed"
        folder.mkdir(mode=0)
        closed = tmp_path / "closed.jpg"
        shutil.copyfile(min(good[0].iterdir()), closed)
        closed.chmod(0)
        try:
            ran = run_without_privileges("import", folder, closed, *good, "--json", "--data", data)
        finally:
            folder.chmod(0o700)
        assert ran.code == 0, ran.stderr
        assert codes(ran.json) == {"closed": "folder_unreadable", "closed.jpg": "file_unreadable"}
        assert ran.json["added"] == GOOD_PHOTOS

    def test_a_data_folder_without_permission(self, data: Path, good: list[Path]) -> None:
        assert take(data, good[0])["added"] == 2
        for path in (data, data / "kith.db"):
            path.chmod(0o500)
        for words in (("import", *good), ("status",), ("people", "name", "1", "Ada")):
            ran = run_without_privileges(*words, "--data", data)
            assert (ran.code, ran.stdout) == (5, ""), ran.stderr
            assert ran.stderr.startswith("error [storage_unavailable] ")
            assert ran.stderr.count("\n") == 1


def run_without_privileges(*arguments: str | Path) -> Ran:
    """As the same user, who then may not read what they have closed: root loses its capabilities first."""
    command = [sys.executable, "-m", "kith.cli", *arguments]
    if os.geteuid() == 0:
        dropping = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]
        if shutil.which("setpriv") is None or subprocess.run([*dropping, "true"], check=False).returncode:
            pytest.skip("root can read everything here, and setpriv cannot take that away")
        command = [*dropping, *command]
    ran = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def make_pictures(folder: Path, count: int) -> list[Path]:
    """Small pictures, each another one."""
    folder.mkdir()
    paths = [folder / f"{number:03}.png" for number in range(count)]
    for number, path in enumerate(paths):
        Image.fromarray(np.full((16, 16, 3), number % 256, np.uint8)).save(path)
    return paths


class TestVanishing:
    async def test_while_the_folder_is_read(self, data: Path, tmp_path: Path) -> None:
        paths = make_pictures(tmp_path / "many", 150)
        async with open_runtime(Settings(data=data)) as runtime:
            report = await runtime.importer(Principal()).run(
                [tmp_path / "many"], copy=False, progress=lambda _: paths[-1].unlink(missing_ok=True)
            )
        assert [(fault.path, fault.code) for fault in report.faults] == [(str(paths[-1]), "file_missing")]
        assert len(report.added_ids) == 149

    def test_between_reading_and_analysis(self, data: Path, tmp_path: Path) -> None:
        paths = make_pictures(tmp_path / "few", 3)
        kept = paths[0].read_bytes()

        async def read_only() -> None:
            async with open_runtime(Settings(data=data)) as runtime:
                await runtime.importer(Principal()).run(
                    [paths[0].parent], copy=False, progress=lambda _: None
                )

        asyncio.run(read_only())
        paths[0].unlink()
        assert take(data, paths[1])["failed"] == 0
        status = kith("status", "--json", "--data", data).json
        assert status["photos"] == {"pending": 0, "analysed": 2, "failed": 1}
        paths[0].write_bytes(kept)
        done = take(data, paths[0].parent)
        assert (done["duplicates"], done["failed"]) == (3, 0)
        assert kith("status", "--json", "--data", data).json["photos"]["analysed"] == 3


class TestFullDisk:
    """One clear line, and everything goes on once there is space again."""

    def test_of_a_size(self, data: Path, good: list[Path], tmp_path: Path) -> None:
        script = f"""
            set -e
            mount -t tmpfs -o size=6m none {tmp_path}/disk
            cp -r {data}/packs {tmp_path}/disk/
            set +e
            "$@" --copy --data {tmp_path}/disk > {tmp_path}/out 2> {tmp_path}/err
            echo $? > {tmp_path}/code
            set -e
            mount -o remount,size=100m {tmp_path}/disk
            "$@" --copy --json --data {tmp_path}/disk > {tmp_path}/again 2> /dev/null
            cp -r {tmp_path}/disk {tmp_path}/result
        """
        (tmp_path / "disk").mkdir()
        folders = [*good, shared_path("data", "identities", "barack_obama")]
        in_namespace = ["unshare", "--mount", "--map-root-user"]
        if subprocess.run([*in_namespace, "mount", "-t", "tmpfs", "none", tmp_path / "disk"], check=False,
                          capture_output=True).returncode:  # fmt: skip
            pytest.skip("mounting is not permitted here")
        subprocess.run(
            [*in_namespace, "sh", "-c", script, "sh", sys.executable, "-m", "kith.cli", "import", *folders],
            env=clean_environment(), check=True,
        )  # fmt: skip
        assert (tmp_path / "code").read_text() == "5\n", (tmp_path / "err").read_text()
        assert (tmp_path / "out").read_text() == ""
        shown = (tmp_path / "err").read_text().splitlines()
        assert [line for line in shown if line.startswith("error ")] == shown[-1:]
        assert shown[-1].startswith("error [storage_full] ")
        self.must_be_whole(tmp_path / "result", folders, tmp_path)

    def test_of_a_file_size(self, data: Path, good: list[Path], tmp_path: Path) -> None:
        """Where mounting is not permitted, a limit on the size of files does nearly the same."""
        command = f'ulimit -f 200; exec {sys.executable} -m kith.cli import "$@" --copy --data {data}'
        ran = subprocess.run(
            ["sh", "-c", command, "sh", *good], env=clean_environment(), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert (ran.returncode, ran.stdout) == (5, ""), ran.stderr
        assert re.match(r"error \[storage_(full|unavailable)\] ", ran.stderr.splitlines()[-1])
        assert "Traceback" not in ran.stderr
        assert run_kith("import", *good, "--copy", "--data", data).code == 0
        self.must_be_whole(data, good, tmp_path)

    def must_be_whole(self, data: Path, folders: list[Path], tmp_path: Path) -> None:
        """The library is the one that an import with enough space makes."""
        plain = shutil.copytree(data, tmp_path / "plain", ignore=lambda *_: {"blobs", "index", "kith.db"})
        assert run_kith("import", *folders, "--copy", "--data", plain).code == 0
        asyncio.run(snapshot(url_of(data))).must_equal(asyncio.run(snapshot(url_of(plain))))
        assert {it["state"] for it in run_kith("doctor", "--json", "--data", data).json} == {"ok"}


def url_of(data: Path) -> str:
    return f"sqlite:///{data / 'kith.db'}"


class TestTwoAtOnce:
    @pytest.mark.parametrize("backend", BACKENDS)
    def test_end_like_one(self, backend: str, data: Path, good: list[Path], tmp_path: Path) -> None:
        """Both read the same folders, and each one more of its own."""
        url = empty_database(backend, data)
        env = {"KITH_DATABASE__URL": url, "KITH_WORKER__BATCH": "3"}
        mine = shared_path("data", "identities", "andre_agassi")
        yours = shared_path("data", "identities", "bbt_amy")
        folders = [[*good, mine], [yours, *good]]
        processes = [start_kith("import", *one, "--json", "--data", data, env=env) for one in folders]
        answers = [process.communicate(timeout=120) for process in processes]
        for process, (_, stderr) in zip(processes, answers, strict=True):
            assert process.returncode == 0, stderr
        both = [Ran(0, stdout, stderr).json for stdout, stderr in answers]
        assert [done["failed"] for done in both] == [0, 0]
        assert sum(done["added"] for done in both) == GOOD_PHOTOS + 8 + 5
        plain = shutil.copytree(data, tmp_path / "plain", ignore=lambda *_: {"index", "kith.db"})
        assert run_kith("import", *good, mine, yours, "--data", plain).code == 0
        asyncio.run(snapshot(url)).must_equal(asyncio.run(snapshot(url_of(plain))))
        discard(url)
