import numpy as np
import pytest

from kith.engine.dlib.dat import DatError
from kith.engine.dlib.forest import read_forest
from tests.engine.dlib import encoding as dlib_bytes
from tests.engine.dlib import reference


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
        forest = read_forest(dlib_bytes.predictor())
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
            dlib_bytes.predictor(dlib_bytes.tree() + dlib_bytes.tree(pixel=7)),
            dlib_bytes.predictor(dlib_bytes.tree() + dlib_bytes.tree(pixel=-1)),
            dlib_bytes.predictor(anchor=1),
            dlib_bytes.predictor(dlib_bytes.tree() + dlib_bytes.tree(splits=3)),
            dlib_bytes.predictor(dlib_bytes.tree(splits=2) * 2),
            dlib_bytes.predictor(pixels=0),
            dlib_bytes.predictor(dlib_bytes.tree() + dlib_bytes.tree(leaf=np.inf)),
            dlib_bytes.predictor() + dlib_bytes.whole(5),
            dlib_bytes.predictor()[:-2],
            dlib_bytes.predictor()[:40],
            dlib_bytes.predictor(offset=np.nan),
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
