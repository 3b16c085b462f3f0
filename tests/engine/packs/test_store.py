import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from kith.engine.faces import Image
from kith.engine.packs import PackStore
from kith.engine.packs.errors import (
    PackDigestMismatch,
    PackDownloadFailed,
    PackInUse,
    PackInvalid,
    PackLicenseNotAccepted,
    PackNotFound,
    PackStorageFailed,
    PackUnpinned,
)
from kith.engine.packs.manifest import parse
from kith.engine.session import SessionOptions
from kith.errors import AppError
from tests.support.packs import DETECTOR, EMBEDDER, NETWORKS, pack_toml, sha256, write_pack, zipped
from tests.support.shared import shared_path

OPTIONS = SessionOptions(threads=1)
PACK_FILES = {"pack.toml", "SHA256SUMS", DETECTOR, EMBEDDER}


def ids(store: PackStore) -> list[str]:
    return [pack.id for pack in store.installed()]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, locks aside."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


class TestInstallFromAFolder:
    def test_by_its_manifest(self, store, folder, tmp_path):
        (pack,) = store.install(str(write_pack(tmp_path / "source")))
        assert (pack.id, pack.folder) == ("tiny", folder / "tiny")
        assert {path.name for path in pack.folder.iterdir()} == PACK_FILES
        assert pack.size_bytes == sum(path.stat().st_size for path in pack.folder.iterdir())
        assert ids(store) == ["tiny"]

    def test_by_the_digests_of_known_networks_under_whatever_name(self, store, tmp_path):
        source = write_pack(tmp_path / "source", manifest="")
        (source / DETECTOR).rename(source / "renamed.onnx")
        (source / "other.onnx").write_bytes(b"of no pack")
        (pack,) = store.install(str(source))
        assert pack.id == "known"
        assert {path.name for path in pack.folder.iterdir()} == PACK_FILES

    def test_all_known_packs_that_are_complete(self, folder, tmp_path):
        store = PackStore(folder, [parse(pack_toml(name)) for name in ("one", "two")])
        assert [pack.id for pack in store.install(str(write_pack(tmp_path / "source", "")))] == ["one", "two"]

    def test_does_not_take_an_incomplete_set(self, store, tmp_path):
        source = write_pack(tmp_path / "source", manifest="")
        (source / EMBEDDER).unlink()
        with pytest.raises(PackInvalid, match="no complete set"):
            store.install(str(source))

    def test_needs_the_files_its_manifest_names(self, store, tmp_path):
        source = write_pack(tmp_path / "source")
        (source / EMBEDDER).unlink()
        with pytest.raises(PackInvalid, match=f"lacks {EMBEDDER}"):
            store.install(str(source))

    def test_does_without_digests_on_this_machine_and_takes_its_own(self, store, tmp_path):
        store.install(str(write_pack(tmp_path / "source", pack_toml(pinned=False))))
        assert {file.name: file.expected for file in store.verify("tiny").files} == {
            name: sha256(network) for name, network in NETWORKS.items()
        }

    def test_holds_files_to_the_digests_the_caller_gives(self, store, tmp_path):
        source = str(write_pack(tmp_path / "source", pack_toml(pinned=False)))
        with pytest.raises(PackDigestMismatch):
            store.install(source, sha256={EMBEDDER: "0" * 64})
        store.install(source, sha256={EMBEDDER: sha256(NETWORKS[EMBEDDER]).upper()})
        assert ids(store) == ["tiny"]

    def test_refuses_a_digest_that_contradicts_the_manifest(self, store, tmp_path):
        with pytest.raises(PackDigestMismatch):
            store.install(str(write_pack(tmp_path / "source")), sha256={EMBEDDER: "0" * 64})

    def test_refuses_a_file_that_is_not_the_one_it_should_be(self, store, folder, tmp_path):
        source = write_pack(tmp_path / "source")
        (source / EMBEDDER).write_bytes(NETWORKS[EMBEDDER] + b" ")
        with pytest.raises(PackDigestMismatch, match=EMBEDDER):
            store.install(str(source))
        assert contents(folder) == {}

    def test_refuses_networks_that_cannot_be_run(self, store, folder, tmp_path):
        source = write_pack(tmp_path / "source", pack_toml(pinned=False))
        (source / DETECTOR).write_bytes(NETWORKS[EMBEDDER])
        with pytest.raises(PackInvalid, match="cannot be run"):
            store.install(str(source))
        assert contents(folder) == {}

    def test_refuses_a_manifest_that_is_no_text(self, store, tmp_path):
        source = write_pack(tmp_path / "source")
        (source / "pack.toml").write_bytes(b"\xff\xfe" * 100)
        with pytest.raises(PackInvalid, match="not text"):
            store.install(str(source))

    def test_refuses_to_pass_for_the_built_in_pack(self, store, tmp_path):
        text = pack_toml("dlib").replace('"scrfd"', '"dlib"').replace('kind = "arcface"', 'kind = "dlib"')
        with pytest.raises(PackInvalid, match="come with Kith"):
            store.install(str(write_pack(tmp_path / "source", text)))

    def test_finds_nothing_in_what_is_not_there(self, store, tmp_path):
        with pytest.raises(PackNotFound, match="known"):
            store.install(str(tmp_path / "nowhere"))


class TestLicense:
    @pytest.fixture
    def source(self, tmp_path: Path) -> str:
        return str(write_pack(tmp_path / "source", pack_toml(requires_acceptance=True)))

    def test_has_to_be_accepted(self, store, folder, source):
        with pytest.raises(PackLicenseNotAccepted) as caught:
            store.install(source)
        assert caught.value.extra == {
            "pack": "tiny",
            "license": "CC0-1.0",
            "license_url": "https://creativecommons.org/publicdomain/zero/1.0/",
        }
        assert contents(folder) == {}

    def test_once_accepted_lets_the_pack_in(self, store, source):
        (pack,) = store.install(source, accept_license=True)
        assert pack.manifest.requires_acceptance

    def test_is_asked_before_anything_is_fetched(self, folder, site):
        text = pack_toml("known", requires_acceptance=True, archive=site.address("/pack.zip"))
        with pytest.raises(PackLicenseNotAccepted):
            PackStore(folder, [parse(text)]).install("known")
        assert site.requests == []


class TestInstallFromAZip:
    def test_with_a_manifest(self, store, tmp_path):
        path = tmp_path / "tiny.zip"
        path.write_bytes(zipped({"tiny/pack.toml": pack_toml().encode(), **NETWORKS}))
        assert [pack.id for pack in store.install(str(path))] == ["tiny"]

    def test_of_known_networks(self, store, tmp_path):
        path = tmp_path / "tiny.zip"
        path.write_bytes(zipped(NETWORKS))
        assert [pack.id for pack in store.install(str(path))] == ["known"]

    def test_held_to_its_digest(self, store, tmp_path):
        path = tmp_path / "tiny.zip"
        path.write_bytes(zipped(NETWORKS))
        with pytest.raises(PackDigestMismatch):
            store.install(str(path), sha256="0" * 64)
        assert store.install(str(path), sha256=sha256(path.read_bytes()))

    def test_that_is_none(self, store, tmp_path):
        path = tmp_path / "tiny.zip"
        path.write_bytes(b"nothing of the kind")
        with pytest.raises(PackInvalid, match="not a zip file"):
            store.install(str(path))


class TestInstallFromAnAddress:
    def test_of_a_zip(self, store, site):
        address = site.serve("/tiny.zip", zipped({"pack.toml": pack_toml().encode(), **NETWORKS}))
        assert [pack.id for pack in store.install(address)] == ["tiny"]

    def test_of_a_manifest_with_its_networks_beside_it(self, store, site):
        for name, network in NETWORKS.items():
            site.serve(f"/packs/{name}", network)
        address = site.serve("/packs/pack.toml", pack_toml().encode())
        assert [pack.id for pack in store.install(address)] == ["tiny"]

    def test_of_a_manifest_whose_networks_lie_elsewhere(self, store, site):
        elsewhere = {name: site.serve(f"/other/{name}", network) for name, network in NETWORKS.items()}
        address = site.serve("/packs/pack.toml", pack_toml(addresses=elsewhere).encode())
        assert [pack.id for pack in store.install(address)] == ["tiny"]

    @pytest.mark.parametrize("manifest", [True, False])
    def test_of_a_folder(self, store, site, manifest):
        for name, network in NETWORKS.items():
            site.serve(f"/packs/{name}", network)
        if manifest:
            site.serve("/packs/pack.toml", pack_toml().encode())
        packs = store.install(site.address("/packs/"))
        assert [pack.id for pack in packs] == ["tiny" if manifest else "known"]

    @pytest.mark.parametrize("whole", [True, False], ids=["manifest", "zip"])
    def test_refuses_files_without_a_digest(self, store, folder, site, whole):
        text = pack_toml(pinned=False).encode()
        for name, network in NETWORKS.items():
            site.serve(f"/{name}", network)
        manifest = site.serve("/pack.toml", text)
        archive = site.serve("/tiny.zip", zipped({"pack.toml": text, **NETWORKS}))
        with pytest.raises(PackUnpinned, match=DETECTOR):
            store.install(manifest if whole else archive)
        assert contents(folder) == {}

    def test_takes_them_when_the_caller_knows_the_digest_of_the_zip(self, store, site):
        body = zipped({"pack.toml": pack_toml(pinned=False).encode(), **NETWORKS})
        assert store.install(site.serve("/tiny.zip", body), sha256=sha256(body))

    def test_takes_them_when_the_caller_knows_their_digests(self, store, site):
        for name, network in NETWORKS.items():
            site.serve(f"/{name}", network)
        digests = {name: sha256(network) for name, network in NETWORKS.items()}
        assert store.install(site.serve("/pack.toml", pack_toml(pinned=False).encode()), sha256=digests)

    def test_refuses_another_zip_than_the_caller_knows(self, store, folder, site):
        with pytest.raises(PackDigestMismatch):
            store.install(site.serve("/tiny.zip", zipped(NETWORKS)), sha256="0" * 64)
        assert contents(folder) == {}

    def test_fails_with_the_server(self, store, folder, site):
        for address in (site.address("/none.zip"), site.address("/none.toml"), site.serve("/x/y", b"", 500)):
            with pytest.raises(PackDownloadFailed):
                store.install(address)
        assert contents(folder) == {}


class TestInstallByName:
    def test_from_the_addresses_of_its_files(self, folder, site):
        addresses = {name: site.serve(f"/{name}", network) for name, network in NETWORKS.items()}
        store = PackStore(folder, [parse(pack_toml("known", addresses=addresses))])
        assert [pack.id for pack in store.install("known")] == ["known"]

    def test_from_the_address_of_its_archive(self, folder, site):
        archive = site.serve("/all.zip", zipped({f"a/{name}": net for name, net in NETWORKS.items()}))
        store = PackStore(folder, [parse(pack_toml("known", archive=archive))])
        assert [pack.id for pack in store.install("known")] == ["known"]

    def test_needs_an_address(self, store):
        with pytest.raises(PackDownloadFailed, match="no address is known"):
            store.install("known")

    def test_needs_a_digest_of_every_file_before_anything_is_fetched(self, folder, site):
        addresses = {name: site.serve(f"/{name}", network) for name, network in NETWORKS.items()}
        archive = site.serve("/all.zip", zipped(NETWORKS))
        for text in (
            pack_toml("known", pinned=False, addresses=addresses),
            pack_toml("known", pinned=False, archive=archive),
        ):
            with pytest.raises(PackUnpinned):
                PackStore(folder, [parse(text)]).install("known")
        assert site.requests == []

    def test_takes_the_digest_of_the_archive_from_the_caller(self, folder, site):
        body = zipped(NETWORKS)
        text = pack_toml("known", pinned=False, archive=site.serve("/all.zip", body))
        store = PackStore(folder, [parse(text)])
        with pytest.raises(PackDigestMismatch):
            store.install("known", sha256="0" * 64)
        assert store.install("known", sha256=sha256(body))
        assert store.verify("known").is_intact

    def test_refuses_what_upstream_has_replaced(self, folder, site):
        addresses = {name: site.serve(f"/{name}", b"something else") for name in NETWORKS}
        with pytest.raises(PackDigestMismatch):
            PackStore(folder, [parse(pack_toml("known", addresses=addresses))]).install("known")
        assert contents(folder) == {}


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
