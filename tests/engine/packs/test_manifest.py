import tomllib

import pytest

from kith.engine.packs.catalogue import PREFERENCE, known_packs
from kith.engine.packs.errors import PackInvalid
from kith.engine.packs.manifest import is_network_name, parse
from tests.support.packs import DETECTOR, EMBEDDER, NETWORKS, pack_toml, sha256


class TestParse:
    def test_reads_every_field(self):
        pack = parse(pack_toml(requires_acceptance=True, archive="https://example.org/tiny.zip"))
        assert (pack.id, pack.version, pack.title) == ("tiny", "1", "Tiny networks")
        assert (pack.license, pack.requires_acceptance) == ("CC0-1.0", True)
        assert pack.archive == "https://example.org/tiny.zip"
        assert (pack.detector_kind, pack.embedder_kind) == ("scrfd", "arcface")
        assert (pack.dimension, pack.preprocessing) == (6, "arcface")
        assert pack.calibration.cosines == (0.1, 0.2, 0.3, 0.4, 0.5)
        assert [file.name for file in pack.files] == [DETECTOR, EMBEDDER]
        assert pack.files[0].sha256 == sha256(NETWORKS[DETECTOR])

    def test_does_without_digests_and_addresses(self):
        assert {(file.sha256, file.url) for file in parse(pack_toml(pinned=False)).files} == {(None, None)}

    @pytest.mark.parametrize(
        ("before", "after", "complaint"),
        [
            ('id = "tiny"', 'id = "../tiny"', "id must match"),
            ('id = "tiny"', 'id = ".tiny"', "id must match"),
            ('id = "tiny"', "", "id must be a text"),
            ('version = "1"', "version = 1", "version must be a text"),
            ('title = "Tiny networks"', 'title = " "', "title must be a text"),
            ("requires_acceptance = false", 'requires_acceptance = "no"', "must be true or false"),
            ('kind = "scrfd"', 'kind = "mtcnn"', "kind must be one of"),
            ('kind = "scrfd"', 'kind = "dlib"', "cannot be combined"),
            (f'file = "{DETECTOR}"', 'file = "../../etc/passwd.onnx"', "file must match"),
            (f'file = "{DETECTOR}"', 'file = "pack.toml"', "file must match"),
            (f'file = "{DETECTOR}"', f'file = "{EMBEDDER}"', "two files"),
            (sha256(NETWORKS[DETECTOR]), "abc", "sha256 must match"),
            ("dimension = 6", "dimension = 0", "dimension must be"),
            ("dimension = 6", "dimension = true", "dimension must be"),
            ('preprocessing = "arcface"', 'preprocessing = "caffe"', "preprocessing must be one of"),
            ("[0.1, 0.2, 0.3, 0.4, 0.5]", "[0.1, 0.2, 0.3, 0.4]", "cosines must be 5 numbers"),
            ("[0.1, 0.2, 0.3, 0.4, 0.5]", '["a", 0.2, 0.3, 0.4, 0.5]', "cosines must be 5 numbers"),
            ("[0.1, 0.2, 0.3, 0.4, 0.5]", "[0.5, 0.4, 0.3, 0.2, 0.1]", "increase strictly"),
            ("[0.1, 0.2, 0.3, 0.4, 0.5]", "[nan, 0.2, 0.3, 0.4, 0.5]", "increase strictly"),
            ("[calibration]", "[other]", "no table"),
            ("[embedder]", "[[embedder]]", "no table"),
            ("[detector]", "[detector", "not TOML"),
        ],
    )
    def test_says_what_is_wrong(self, before, after, complaint):
        text = pack_toml()
        assert before in text
        with pytest.raises(PackInvalid, match=complaint):
            parse(text.replace(before, after))

    def test_takes_addresses_of_the_web_only(self):
        with pytest.raises(PackInvalid, match="http or https"):
            parse(pack_toml(addresses={DETECTOR: "file:///etc/passwd"}))


class TestNetworkNames:
    @pytest.mark.parametrize("name", ["det_10g.onnx", "A-1.b.onnx"])
    def test_are_plain(self, name):
        assert is_network_name(name)

    @pytest.mark.parametrize(
        "name", ["", ".onnx", ".hidden.onnx", "a/b.onnx", "..\\b.onnx", "a.pt", "a.onnx\n", "ä.onnx"]
    )
    def test_are_nothing_else(self, name):
        assert not is_network_name(name)


class TestCatalogue:
    def test_holds_the_packs_in_order_of_preference(self):
        assert tuple(pack.id for pack in known_packs()) == PREFERENCE

    def test_states_how_each_calibration_came_about(self):
        for pack in known_packs():
            measured = pack.id in {"dlib", "mobile"}
            assert ("calibrate.py" in pack.calibration.provenance) == measured, pack.id
            assert ("Not measured here" in pack.calibration.provenance) == (not measured), pack.id

    def test_asks_for_acceptance_of_licences_that_restrict_use(self):
        restricted = {pack.id for pack in known_packs() if pack.requires_acceptance}
        assert restricted == {"antelopev2", "buffalo_l", "buffalo_s"}

    def test_fetches_over_https_only_and_nothing_without_a_digest(self):
        for pack in known_packs():
            table = tomllib.loads(pack.text)
            addresses = [file.url for file in pack.files if file.url] + [pack.archive or "https://"]
            assert all(address.startswith("https://") for address in addresses)
            assert all(file.sha256 for file in pack.files), pack.id
            assert table["license_url"].startswith("https://")
