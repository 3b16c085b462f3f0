import numpy as np
import pytest

from kith.engine.dlib.chip import SIDE_PX
from kith.engine.dlib.dat import digest
from tests.engine.dlib import reference


def noise(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, SIDE_PX, SIDE_PX, 3), dtype=np.uint8)


class TestEmbed:
    @pytest.mark.models
    def test_embeddings_are_dlibs_within_1e_5_on_sixty_faces(self, embedder):
        chips = np.concatenate(
            [embedder.align(face.pixels, face.points[None]) for face in reference.hog_faces(60)]
        )
        expected = np.array([reference.recognition().compute_face_descriptor(chip) for chip in chips])
        assert np.abs(embedder.embed_raw(chips) - expected).max() < 1e-5

    @pytest.mark.models
    def test_the_whole_way_from_points_to_embedding_is_dlibs(self, embedder):
        for face in reference.hog_faces(60)[::4]:
            chips = embedder.align(face.pixels, face.points[None])
            expected = reference.recognition().compute_face_descriptor(face.pixels, face.detection)
            assert np.abs(embedder.embed_raw(chips)[0] - np.array(expected)).max() < 1e-5

    def test_embeddings_are_the_raw_ones_at_unit_length(self, embedder):
        chips = noise(3)
        raw, embeddings = embedder.embed_raw(chips), embedder.embed(chips)
        assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-6)
        assert np.allclose(embeddings * np.linalg.norm(raw, axis=1, keepdims=True), raw, atol=1e-6)

    @pytest.mark.parametrize("count", [1, 2, 31, 33, 70])
    def test_batching_changes_nothing(self, embedder, count):
        chips = noise(count)
        alone = np.concatenate([embedder.embed(chip[None]) for chip in chips])
        assert np.abs(embedder.embed(chips) - alone).max() < 1e-6

    def test_no_chip_gives_no_embedding(self, embedder):
        embeddings = embedder.embed(noise(0))
        assert embeddings.shape == (0, 128)
        assert embeddings.dtype == np.float32

    @pytest.mark.parametrize(
        "chips", [np.zeros((1, 112, 112, 3), np.uint8), np.zeros((1, 150, 150, 3), np.float32)]
    )
    def test_other_crops_are_refused(self, embedder, chips):
        with pytest.raises(ValueError, match="chips must be"):
            embedder.embed(chips)


class TestSpace:
    def test_space_names_the_original_network(self, embedder):
        space = embedder.space
        assert (space.pack, space.version, space.dimension) == ("dlib", "1", 128)
        assert space.digest == digest(reference.dat(reference.EMBEDDER).read_bytes())
        assert space.digest == "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
