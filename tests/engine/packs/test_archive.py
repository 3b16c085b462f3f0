import zipfile
from pathlib import Path

import pytest

from kith.engine.packs.archive import unpack
from kith.engine.packs.errors import PackInvalid
from tests.support.packs import zipped


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def write(tmp_path: Path, contents: bytes) -> Path:
    path = tmp_path / "pack.zip"
    path.write_bytes(contents)
    return path


class TestUnpack:
    def test_takes_networks_and_manifest_out_of_any_folder(self, tmp_path, target):
        files = {"buffalo/pack.toml": b"id", "buffalo/a/net.onnx": b"net", "buffalo/README.md": b"no"}
        unpack(write(tmp_path, zipped(files)), target)
        assert {path.name: path.read_bytes() for path in target.iterdir()} == {
            "pack.toml": b"id",
            "net.onnx": b"net",
        }

    @pytest.mark.parametrize("name", ["../../evil.onnx", "/tmp/evil.onnx", "a/../../../evil.onnx"])
    def test_never_follows_the_paths_in_the_file(self, tmp_path, target, name):
        unpack(write(tmp_path, zipped({name: b"evil"})), target)
        assert [path.name for path in target.iterdir()] == ["evil.onnx"]
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["evil.onnx", "pack.zip", "target"]

    def test_refuses_two_files_of_one_name(self, tmp_path, target):
        with pytest.raises(PackInvalid, match="two files of one name"):
            unpack(write(tmp_path, zipped({"a/net.onnx": b"1", "b/net.onnx": b"2"})), target)

    def test_refuses_more_than_the_limit_whatever_the_file_claims(self, tmp_path, target):
        path = write(tmp_path, zipped({"bomb.onnx": bytes(4_000_000)}))
        assert path.stat().st_size < 10_000
        with pytest.raises(PackInvalid, match="more than"):
            unpack(path, target, max_bytes=3_000_000)

    def test_refuses_a_crowd_of_files(self, tmp_path, target):
        with pytest.raises(PackInvalid, match="more than 1000 files"):
            unpack(write(tmp_path, zipped({f"{number}.txt": b"" for number in range(1001)})), target)

    def test_refuses_what_is_no_zip(self, tmp_path, target):
        with pytest.raises(PackInvalid, match="not a zip file"):
            unpack(write(tmp_path, b"<html>404</html>"), target)

    def test_refuses_a_damaged_zip(self, tmp_path, target):
        whole = zipped({"net.onnx": bytes(range(256)) * 400})
        middle = whole.index(b"net.onnx") + 40
        damaged = whole[:middle] + bytes(20) + whole[middle + 20 :]
        with pytest.raises(PackInvalid):
            unpack(write(tmp_path, damaged), target)

    def test_refuses_an_encrypted_member(self, tmp_path, target):
        path = write(tmp_path, zipped({"net.onnx": b"net"}))
        contents = bytearray(path.read_bytes())
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            contents[contents.index(signature) + offset] |= 1
        path.write_bytes(contents)
        assert zipfile.ZipFile(path).infolist()[0].flag_bits & 1
        with pytest.raises(PackInvalid):
            unpack(path, target)
