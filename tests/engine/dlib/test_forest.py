import numpy as np
import pytest

from kith.engine.dlib.dat import DatError
from kith.engine.dlib.forest import read_forest
from tests.engine.dlib import encoding as dlib_bytes
from tests.engine.dlib import reference


def tree(*, splits: int = 1, pixel: int = 0, leaf: float = 0.5) -> bytes:
    """A tree that compares a pixel with the last one; each leaf moves one point along x."""
    one_split = dlib_bytes.wholes(pixel, 1) + dlib_bytes.real(0.25)
    one_leaf = dlib_bytes.wholes(-2, -1) + dlib_bytes.reals(leaf, 0.0)
    return (
        dlib_bytes.whole(splits) + one_split * splits + dlib_bytes.whole(splits + 1) + one_leaf * (splits + 1)
    )


def predictor(trees: bytes = tree() * 2, *, anchor: int = 0, offset: float = 0.125, pixels: int = 2) -> bytes:
    """One cascade of two trees over two pixels that hang on one point."""
    return (
        dlib_bytes.wholes(1, -2, -1)
        + dlib_bytes.reals(0.5, 0.75)
        + dlib_bytes.wholes(1, 2)
        + trees
        + dlib_bytes.wholes(1, pixels)
        + dlib_bytes.whole(anchor) * pixels
        + dlib_bytes.wholes(1, pixels)
        + dlib_bytes.reals(offset, -1.0) * pixels
    )


class TestReadForest:
    def test_the_five_point_predictor_is_read_to_the_last_byte(self):
        forest = read_forest(reference.dat(reference.LANDMARKS).read_bytes())
        assert forest.shape.shape == (10,)
        assert forest.first.shape == forest.second.shape == forest.threshold.shape == (15, 500, 15)
        assert forest.leaves.shape == (15, 500, 16, 10)
        assert forest.anchors.shape == (15, 800)
        assert forest.offsets.shape == (15, 800, 2)
        assert np.abs(forest.leaves).max() < 1

    def test_a_small_predictor_comes_back(self):
        forest = read_forest(predictor())
        assert forest.shape.tolist() == [0.5, 0.75]
        assert forest.first.tolist() == [[[0], [0]]]
        assert forest.second.tolist() == [[[1], [1]]]
        assert forest.threshold.tolist() == [[[0.25], [0.25]]]
        assert forest.leaves.tolist() == [[[[0.5, 0.0]] * 2] * 2]
        assert forest.anchors.tolist() == [[0, 0]]
        assert forest.offsets.tolist() == [[[0.125, -1.0], [0.125, -1.0]]]

    @pytest.mark.parametrize(
        "data",
        [
            predictor(tree() + tree(pixel=7)),
            predictor(tree() + tree(pixel=-1)),
            predictor(anchor=1),
            predictor(tree() + tree(splits=2)),
            predictor(tree() + tree(leaf=np.inf)),
            predictor() + dlib_bytes.whole(5),
            predictor()[:-2],
            predictor()[:40],
            predictor(offset=np.nan),
            dlib_bytes.wholes(2, -2, -1),
            b"",
            b"\x89PNG\r\n\x1a\n",
        ],
    )
    def test_broken_predictors_are_refused(self, data):
        with pytest.raises(DatError):
            read_forest(data)

    @pytest.mark.parametrize("kept", [0.001, 0.2, 0.9, 0.999999])
    def test_a_file_cut_short_is_refused(self, kept):
        data = reference.dat(reference.LANDMARKS).read_bytes()
        with pytest.raises(DatError):
            read_forest(data[: int(len(data) * kept)])

    def test_a_network_is_no_shape_predictor(self):
        with pytest.raises(DatError):
            read_forest(reference.dat(reference.DETECTOR).read_bytes())
