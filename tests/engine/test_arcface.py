import numpy as np
import pytest

from kith.engine.arcface import BATCH, PREPROCESSING, ArcFaceEmbedder
from kith.engine.errors import EngineNotReady
from kith.engine.faces import EmbeddingSpace
from kith.engine.session import SessionOptions
from tests.support.networks import tiny_embedder

OPTIONS = SessionOptions(threads=1)
CROPS = np.random.default_rng(0).integers(0, 256, (3, 112, 112, 3), dtype=np.uint8)
CROPS[:, :, :56] //= 3  # the halves differ, so a mirrored crop does too


def embedder(preprocessing: str, dimension: int = 6) -> ArcFaceEmbedder:
    space = EmbeddingSpace("tiny", "1", "0" * 64, dimension, preprocessing)
    return ArcFaceEmbedder.open(tiny_embedder(), space, OPTIONS)


def halves(pixels: np.ndarray) -> np.ndarray:
    sides = pixels.reshape(-1, 112, 2, 56, 3).mean(axis=(1, 3))
    return sides.transpose(0, 2, 1).reshape(-1, 6)


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class TestEmbed:
    @pytest.mark.parametrize(
        ("preprocessing", "scaled"),
        [
            ("mobilefacenet", (CROPS / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)),
            ("arcface", (CROPS - 127.5) / 127.5),
            ("sface", CROPS[..., ::-1].astype(float)),
        ],
    )
    def test_shows_pixels_as_the_network_was_trained(self, preprocessing, scaled):
        assert np.allclose(embedder(preprocessing).embed(CROPS), unit(halves(scaled)), atol=1e-4)

    @pytest.mark.parametrize("preprocessing", sorted(PREPROCESSING))
    def test_is_of_unit_length(self, preprocessing):
        embeddings = embedder(preprocessing).embed(CROPS)
        assert embeddings.dtype == np.float32
        assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-6)

    @pytest.mark.parametrize("name", ["mobilefacenet", "arcface", "sface"])
    def test_flip_averages_the_mirrored_face(self, name):
        mirrored = np.ascontiguousarray(CROPS[:, :, ::-1])
        plain, flipping = embedder(name), embedder(f"{name}-flip")
        assert not np.allclose(plain.embed(CROPS), plain.embed(mirrored), atol=1e-3)
        assert np.allclose(flipping.embed(CROPS), flipping.embed(mirrored), atol=1e-6)
        assert np.allclose(flipping.embed(CROPS), unit(plain.embed(CROPS) + plain.embed(mirrored)), atol=1e-6)

    @pytest.mark.parametrize("count", [0, 1, BATCH, BATCH + 1, 2 * BATCH])
    def test_answers_in_order_whatever_the_batches(self, count):
        crops = np.random.default_rng(1).integers(0, 256, (count, 112, 112, 3), dtype=np.uint8)
        tiny = embedder("arcface")
        alone = [tiny.embed(crop[None])[0] for crop in crops]
        assert np.allclose(tiny.embed(crops), np.reshape(alone, (count, 6)), atol=1e-6)

    def test_of_a_face_without_direction_is_not_nan(self):
        assert np.isfinite(embedder("sface").embed(np.zeros((1, 112, 112, 3), np.uint8))).all()


class TestOpen:
    def test_refuses_a_network_of_another_dimension(self):
        with pytest.raises(EngineNotReady, match="not 128 numbers"):
            embedder("arcface", dimension=128)

    def test_refuses_what_is_no_network(self):
        space = EmbeddingSpace("tiny", "1", "0" * 64, 6, "arcface")
        with pytest.raises(EngineNotReady):
            ArcFaceEmbedder.open(b"no network", space, OPTIONS)


class TestAlign:
    def test_of_no_faces_are_no_crops(self):
        crops = embedder("arcface").align(CROPS[0], np.zeros((0, 5, 2), np.float32))
        assert crops.shape == (0, 112, 112, 3)
