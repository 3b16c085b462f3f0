from pathlib import Path

import pytest

from kith.engine.packs import PackStore
from kith.engine.packs.errors import (
    PackDigestMismatch,
    PackDownloadFailed,
    PackInvalid,
    PackLicenseNotAccepted,
    PackNotFound,
    PackUnpinned,
)
from kith.engine.packs.manifest import parse
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

PACK_FILES = {"pack.toml", "SHA256SUMS", DETECTOR, EMBEDDER}


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
