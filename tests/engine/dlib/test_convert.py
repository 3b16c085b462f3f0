import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kith.engine.dlib import convert, is_converted, open_dlib
from kith.engine.errors import EngineNotReady
from kith.engine.session import SessionOptions
from tests.engine.dlib import encoding as dlib_bytes
from tests.engine.dlib import reference

FILES = {"resnet.onnx", "mmod.onnx", "landmarks.npz", "manifest.json"}
SOURCES = (reference.DETECTOR, reference.LANDMARKS, reference.EMBEDDER)
OPTIONS = SessionOptions(threads=1)
CONVERT = """
import sys
from pathlib import Path
from kith.engine.dlib import convert
convert(Path(sys.argv[1]), lambda line: print(line, flush=True))
"""


def visible(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def converting(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CONVERT, str(folder)], stdout=subprocess.PIPE, text=True)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sources' folder of a package that stands before the real one, and that fails when imported.

    It has the three public-domain files and not the fourth.
    """
    folder = tmp_path / "site" / "face_recognition_models" / "models"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise ImportError('this package needs pkg_resources')")
    for name in SOURCES:
        shutil.copy(reference.dat(name), folder / name)
    monkeypatch.syspath_prepend(tmp_path / "site")
    return folder


class Interrupted(Exception):
    pass


class TestConvert:
    def test_all_files_come_into_being_and_progress_is_told(self, tmp_path):
        lines: list[str] = []
        convert(tmp_path / "packs" / "dlib", lines.append)
        assert visible(tmp_path / "packs" / "dlib") == FILES
        assert len(lines) == 3
        assert all("dlib" in line for line in lines)

    def test_the_result_is_the_same_every_time(self, pack_folder, tmp_path):
        convert(tmp_path, lambda _: None)
        for name in FILES:
            assert (tmp_path / name).read_bytes() == (pack_folder / name).read_bytes()

    def test_what_is_there_is_left_alone(self, pack_folder):
        before = {name: (pack_folder / name).stat().st_mtime_ns for name in FILES}
        lines: list[str] = []
        convert(pack_folder, lines.append)
        assert lines == []
        assert {name: (pack_folder / name).stat().st_mtime_ns for name in FILES} == before

    def test_the_source_package_is_not_imported_and_its_68_point_predictor_not_read(self, models, tmp_path):
        convert(tmp_path / "pack", lambda _: None)
        assert is_converted(tmp_path / "pack")

    @pytest.mark.parametrize("step", [1, 2, 3])
    def test_an_interrupted_conversion_leaves_nothing_half_written(self, tmp_path, step):
        def progress(line: str) -> None:
            if f"({step} of" in line:
                raise Interrupted

        with pytest.raises(Interrupted):
            convert(tmp_path, progress)
        assert not is_converted(tmp_path)
        assert len(visible(tmp_path)) == step - 1
        with pytest.raises(EngineNotReady):
            open_dlib(tmp_path, OPTIONS)
        convert(tmp_path, lambda _: None)
        assert is_converted(tmp_path)

    def test_a_killed_conversion_is_done_again(self, tmp_path):
        process = converting(tmp_path)
        assert process.stdout is not None
        while "(3 of" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert "manifest.json" not in visible(tmp_path)
        convert(tmp_path, lambda _: None)
        assert {path.name for path in tmp_path.iterdir()} == FILES | {".lock"}
        open_dlib(tmp_path, OPTIONS)

    def test_two_processes_at_once_convert_once(self, tmp_path):
        processes = [converting(tmp_path) for _ in range(2)]
        outputs = [process.communicate()[0] for process in processes]
        assert [process.returncode for process in processes] == [0, 0]
        assert sorted(len(output.splitlines()) for output in outputs) == [0, 3]
        assert is_converted(tmp_path)

    @pytest.mark.parametrize("name", SOURCES)
    def test_a_damaged_source_is_named(self, models, tmp_path, name):
        os.truncate(models / name, 50_000)
        with pytest.raises(EngineNotReady, match=name):
            convert(tmp_path / "pack", lambda _: None)
        assert not is_converted(tmp_path / "pack")

    @pytest.mark.parametrize("name", SOURCES)
    def test_a_missing_source_is_named(self, models, tmp_path, name):
        (models / name).unlink()
        with pytest.raises(EngineNotReady, match=name):
            convert(tmp_path / "pack", lambda _: None)

    def test_networks_that_were_exchanged_are_refused(self, models, tmp_path):
        shutil.copy(models / reference.EMBEDDER, models / reference.DETECTOR)
        with pytest.raises(EngineNotReady, match="loss_mmod_"):
            convert(tmp_path / "pack", lambda _: None)

    def test_a_predictor_of_other_points_is_refused(self, models, tmp_path):
        (models / reference.LANDMARKS).write_bytes(dlib_bytes.predictor())
        with pytest.raises(EngineNotReady, match="of 1 points, not 5"):
            convert(tmp_path / "pack", lambda _: None)

    def test_a_missing_source_package_is_named(self, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "face_recognition_models", None)
        with pytest.raises(EngineNotReady, match="face-recognition-models"):
            convert(tmp_path, lambda _: None)

    def test_a_folder_that_cannot_be_made_is_an_error_of_the_engine(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(EngineNotReady, match="cannot be converted"):
            convert(tmp_path / "file" / "dlib", lambda _: None)


class TestIsConverted:
    def test_an_empty_or_missing_folder_is_not(self, tmp_path):
        assert not is_converted(tmp_path)
        assert not is_converted(tmp_path / "nowhere")

    @pytest.mark.parametrize("name", sorted(FILES))
    def test_a_missing_file_is_noticed_and_made_again(self, pack_folder, tmp_path, name):
        shutil.copytree(pack_folder, tmp_path, dirs_exist_ok=True)
        (tmp_path / name).unlink()
        assert not is_converted(tmp_path)
        convert(tmp_path, lambda _: None)
        assert is_converted(tmp_path)

    @pytest.mark.parametrize("name", sorted(FILES - {"manifest.json"}))
    def test_a_changed_byte_is_noticed(self, pack_folder, tmp_path, name):
        shutil.copytree(pack_folder, tmp_path, dirs_exist_ok=True)
        data = bytearray((tmp_path / name).read_bytes())
        data[len(data) // 2] ^= 1
        (tmp_path / name).write_bytes(data)
        assert not is_converted(tmp_path)
        with pytest.raises(EngineNotReady, match="damaged"):
            open_dlib(tmp_path, OPTIONS)

    @pytest.mark.parametrize(
        "manifest", ["", "[]", "{}", "null", '{"format": 0}', '{"format": 1, "files": []}']
    )
    def test_another_manifest_is_noticed(self, pack_folder, tmp_path, manifest):
        shutil.copytree(pack_folder, tmp_path, dirs_exist_ok=True)
        (tmp_path / "manifest.json").write_text(manifest)
        assert not is_converted(tmp_path)


class TestOpenDlib:
    def test_opens_what_was_converted(self, pack_folder):
        detector, embedder = open_dlib(pack_folder, OPTIONS)
        manifest = json.loads((pack_folder / "manifest.json").read_text())
        assert embedder.space.digest == manifest["sources"][reference.EMBEDDER]
        assert len(detector.detect([np.zeros((50, 50, 3), dtype=np.uint8)])[0]) == 0

    def test_a_provider_that_is_not_there_is_an_error_of_the_engine(self, pack_folder):
        with pytest.raises(EngineNotReady, match="NoSuchProvider"):
            open_dlib(pack_folder, SessionOptions(providers=("NoSuchProvider",)))
