import os
import shutil
import time

import numpy as np
import pytest

from kith.engine.faces import Image
from kith.engine.packs import PackStore
from kith.engine.packs.errors import PackDigestMismatch, PackInUse, PackNotFound, PackStorageFailed
from kith.engine.packs.manifest import parse
from kith.engine.session import SessionOptions
from kith.errors import AppError
from tests.support.packs import (
    DETECTOR,
    EMBEDDER,
    NETWORKS,
    contents,
    ids,
    pack_toml,
    sha256,
    write_pack,
    zipped,
)
from tests.support.shared import shared_path

OPTIONS = SessionOptions(threads=1)


class TestReplacing:
    @pytest.fixture
    def installed(self, store, tmp_path) -> PackStore:
        store.install(str(write_pack(tmp_path / "first")))
        return store

    def test_takes_the_place_of_the_old_one(self, installed, folder, tmp_path):
        installed.install(str(write_pack(tmp_path / "second", pack_toml(version="2"))))
        assert [pack.manifest.version for pack in installed.installed()] == ["2"]
        assert {path.name for path in folder.iterdir()} == {".lock", "tiny"}

    @pytest.mark.parametrize("fault", ["tampered", "incomplete", "broken off", "unlicensed"])
    def test_leaves_the_old_one_untouched_after_an_error(self, installed, folder, site, tmp_path, fault):
        before = contents(folder)
        source = write_pack(tmp_path / "second", pack_toml(version="2"))
        address = str(source)
        if fault == "tampered":
            (source / DETECTOR).write_bytes(b"tampered")
        elif fault == "incomplete":
            (source / DETECTOR).unlink()
        elif fault == "broken off":
            address = site.break_off("/tiny.zip", zipped(NETWORKS), promised=10_000_000)
        else:
            (source / "pack.toml").write_text(pack_toml(version="2", requires_acceptance=True))
        with pytest.raises(AppError):
            installed.install(address)
        assert contents(folder) == before

    def test_leaves_nothing_of_an_interrupted_installation(self, installed, folder, tmp_path):
        """Ctrl-C while it says what it does: the exception passes, the folder is as it was."""
        before = contents(folder)

        def interrupt(_line: str) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            installed.install(
                str(write_pack(tmp_path / "second", pack_toml(version="2"))), progress=interrupt
            )
        assert contents(folder) == before

    def test_takes_back_a_replacement_that_a_crash_cut_short(self, installed, folder):
        (folder / "tiny").rename(folder / ".aside-tiny")
        assert ids(installed) == ["tiny"]
        assert installed.verify("tiny").is_intact

    def test_finishes_a_replacement_that_a_crash_cut_short(self, installed, folder):
        shutil.copytree(folder / "tiny", folder / ".aside-tiny")
        assert ids(installed) == ["tiny"]
        assert not (folder / ".aside-tiny").exists()

    def test_sweeps_up_what_crashes_left_long_ago_but_nothing_in_work(self, installed, folder, tmp_path):
        for name in (".workspace-old", ".workspace-new"):
            write_pack(folder / name)
        long_ago = time.time() - 2 * 86_400
        os.utime(folder / ".workspace-old", (long_ago, long_ago))
        installed.install(str(write_pack(tmp_path / "second")))
        assert {path.name for path in folder.glob(".workspace-*")} == {".workspace-new"}


class TestInstalled:
    def test_is_nothing_where_nothing_is(self, store, folder):
        assert ids(store) == []
        assert not folder.exists()

    def test_puts_known_packs_first_in_order_of_preference(self, folder, tmp_path):
        store = PackStore(folder, [parse(pack_toml(name)) for name in ("better", "good")])
        for name in ("abc", "good", "better"):
            store.install(str(write_pack(tmp_path / name, pack_toml(name))))
        assert ids(store) == ["better", "good", "abc"]

    def test_passes_over_what_is_no_pack(self, store, folder, tmp_path):
        store.install(str(write_pack(tmp_path / "source")))
        write_pack(folder / "damaged", "no manifest")
        write_pack(folder / "elsewhere", pack_toml("other"))
        (folder / "empty").mkdir()
        (folder / "file").write_text("")
        assert ids(store) == ["tiny"]

    def test_knows_the_newest_calibration_of_the_same_networks(self, store, folder, tmp_path):
        store.install(str(write_pack(tmp_path / "source", pack_toml("known"))))
        better = pack_toml("known").replace("0.1, 0.2, 0.3", "0.15, 0.25, 0.35")
        (pack,) = PackStore(folder, [parse(better)]).installed()
        assert pack.manifest.calibration.cosines[:3] == (0.15, 0.25, 0.35)

    def test_fails_clearly_when_the_folder_is_a_file(self, folder, tmp_path):
        folder.write_text("")
        with pytest.raises(PackStorageFailed):
            PackStore(folder, []).install(str(write_pack(tmp_path / "source")))


class TestCatalogue:
    def test_says_which_known_packs_are_installed(self, folder, tmp_path):
        store = PackStore(folder, [parse(pack_toml(name)) for name in ("one", "two")])
        store.install(str(write_pack(tmp_path / "source", pack_toml("two"))))
        assert [(pack.id, pack.is_installed) for pack in store.catalogue()] == [("one", False), ("two", True)]


class TestDefault:
    def test_is_the_best_known_pack_installed_never_a_strange_one(self, folder, tmp_path):
        store = PackStore(folder, [parse(pack_toml(name)) for name in ("better", "good")])
        store.install(str(write_pack(tmp_path / "abc", pack_toml("abc"))))
        store.install(str(write_pack(tmp_path / "good", pack_toml("good"))))
        assert store.default() == "good"
        store.install(str(write_pack(tmp_path / "better", pack_toml("better"))))
        assert store.default() == "better"

    def test_is_dlib_with_nothing_installed(self, folder):
        assert PackStore(folder).default() == "dlib"


class TestVerify:
    @pytest.fixture
    def installed(self, store, tmp_path) -> PackStore:
        store.install(str(write_pack(tmp_path / "source")))
        return store

    def test_finds_everything_as_it_was(self, installed):
        verification = installed.verify("tiny")
        assert verification.is_intact
        assert {file.name for file in verification.files} == {DETECTOR, EMBEDDER}

    def test_finds_what_changed_and_what_is_gone(self, installed, folder):
        (folder / "tiny" / DETECTOR).write_bytes(b"changed")
        (folder / "tiny" / EMBEDDER).unlink()
        verification = installed.verify("tiny")
        assert not verification.is_intact
        assert {file.name: file.actual for file in verification.files} == {
            DETECTOR: sha256(b"changed"),
            EMBEDDER: None,
        }

    def test_is_not_fooled_when_the_digests_are_gone(self, installed, folder):
        (folder / "tiny" / "SHA256SUMS").unlink()
        assert not installed.verify("tiny").is_intact

    def test_of_a_pack_that_is_not_there(self, installed):
        with pytest.raises(PackNotFound):
            installed.verify("other")


class TestRemove:
    def test_leaves_nothing(self, store, folder, tmp_path):
        store.install(str(write_pack(tmp_path / "source")))
        store.remove("tiny")
        assert ids(store) == []
        assert contents(folder) == {}

    def test_refuses_the_pack_in_use(self, store, tmp_path):
        store.install(str(write_pack(tmp_path / "source")))
        with pytest.raises(PackInUse):
            store.remove("tiny", active="tiny")
        assert ids(store) == ["tiny"]

    @pytest.mark.parametrize("name", ["other", "..", ".", "", "../outside", ".lock"])
    def test_removes_only_packs(self, store, tmp_path, name):
        store.install(str(write_pack(tmp_path / "source")))
        write_pack(tmp_path / "outside", pack_toml("outside"))
        with pytest.raises(PackNotFound):
            store.remove(name)
        assert (tmp_path / "outside" / EMBEDDER).exists()


class TestOpen:
    def test_answers_in_the_space_of_the_pack(self, store, tmp_path):
        store.install(str(write_pack(tmp_path / "source")))
        engine = store.open("tiny", OPTIONS)
        assert engine.space.key == f"tiny-1-{sha256(NETWORKS[EMBEDDER])[:12]}-arcface"
        assert engine.calibration.provenance == "made up"
        pixels = np.zeros((640, 640, 3), np.uint8)
        pixels[320:336, 160:176] = 255
        (faces,) = engine.analyse([Image(pixels, 640, 640)])
        assert len(faces) == 1
        assert faces.embeddings.shape == (1, 6)

    def test_refuses_a_pack_whose_files_have_changed(self, store, folder, tmp_path):
        store.install(str(write_pack(tmp_path / "source")))
        with (folder / "tiny" / EMBEDDER).open("ab") as file:
            file.write(b" ")
        with pytest.raises(PackDigestMismatch, match=EMBEDDER):
            store.open("tiny", OPTIONS)

    def test_refuses_a_pack_a_file_of_which_is_gone(self, store, folder, tmp_path):
        store.install(str(write_pack(tmp_path / "source")))
        (folder / "tiny" / EMBEDDER).unlink()
        with pytest.raises(PackStorageFailed, match=EMBEDDER):
            store.open("tiny", OPTIONS)

    def test_refuses_a_pack_that_is_not_there(self, store):
        with pytest.raises(PackNotFound):
            store.open("known", OPTIONS)


class TestBuiltIn:
    def test_is_always_there_and_converted_when_first_opened(self, folder):
        store, said = PackStore(folder), []
        assert [(pack.id, pack.size_bytes) for pack in store.installed()] == [("dlib", 0)]
        engine = store.open("dlib", OPTIONS, said.append)
        assert engine.space.dimension == 128
        assert (engine.space.pack, engine.space.preprocessing) == (
            "dlib",
            store.installed()[0].manifest.preprocessing,
        )
        assert any("onvert" in line for line in said)
        assert store.verify("dlib").is_intact
        said.clear()
        store.open("dlib", OPTIONS, said.append)
        assert said == []

    def test_heals_itself_when_its_conversion_is_damaged(self, folder):
        store = PackStore(folder)
        store.open("dlib", OPTIONS)
        networks = sorted((folder / "dlib").glob("*.onnx"))
        networks[0].write_bytes(b"damaged")
        assert not store.verify("dlib").is_intact
        assert store.open("dlib", OPTIONS).space.dimension == 128
        assert store.verify("dlib").is_intact

    def test_can_be_removed_and_comes_back(self, folder):
        store = PackStore(folder)
        store.open("dlib", OPTIONS)
        store.remove("dlib")
        assert not (folder / "dlib").exists()
        assert ids(store) == ["dlib"]


@pytest.mark.models
class TestSharedModels:
    def test_are_recognised_as_the_mobile_pack(self, folder):
        store = PackStore(folder)
        (pack,) = store.install(str(shared_path("models")))
        assert pack.id == store.default() == "mobile"
        assert store.verify("mobile").is_intact
        assert store.open("mobile", OPTIONS).space.key == "mobile-1-b7120c095d60-mobilefacenet-flip"

    def test_are_recognised_behind_an_address(self, folder, site):
        for path in shared_path("models").iterdir():
            site.serve(f"/models/{path.name}", path.read_bytes())
        (pack,) = PackStore(folder).install(site.address("/models/"))
        assert pack.id == "mobile"
