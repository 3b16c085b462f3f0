import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.engine.calibration import FALSE_ACCEPT_RATES, SIMILARITIES, Calibration

CALIBRATION = Calibration((0.25, 0.34, 0.41, 0.46, 0.5), "made up")


class TestSimilarity:
    def test_means_the_same_false_accept_rate_with_every_pack(self):
        assert dict(zip(FALSE_ACCEPT_RATES, SIMILARITIES, strict=True)) == {
            1e-2: 0.3,
            1e-3: 0.5,
            1e-4: 0.7,
            1e-5: 0.8,
            1e-6: 0.9,
        }
        assert CALIBRATION.similarity(np.asarray(CALIBRATION.cosines)).tolist() == list(SIMILARITIES)

    @pytest.mark.parametrize(("cosine", "expected"), [(-1, 0), (1, 1), (-1.5, 0), (1.5, 1), (0.75, 0.95)])
    def test_runs_from_nothing_to_one(self, cosine, expected):
        assert CALIBRATION.similarity(cosine) == pytest.approx(expected)

    def test_keeps_the_shape_of_its_cosines(self):
        assert CALIBRATION.similarity(np.zeros((2, 3))).shape == (2, 3)
        assert CALIBRATION.similarity(np.zeros(0)).shape == (0,)

    @given(st.floats(-1, 1), st.floats(-1, 1))
    def test_grows_with_the_cosine(self, one, other):
        low, high = sorted((one, other))
        assert CALIBRATION.similarity(low) <= CALIBRATION.similarity(high)


class TestCosine:
    @given(st.floats(0, 1))
    def test_is_the_inverse_of_similarity(self, similarity):
        assert CALIBRATION.similarity(CALIBRATION.cosine(similarity)) == pytest.approx(similarity, abs=1e-9)


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "cosines",
        [
            (0.3, 0.2, 0.4, 0.5, 0.6),
            (0.3, 0.3, 0.4, 0.5, 0.6),
            (-1.0, 0.2, 0.4, 0.5, 0.6),
            (0.1, 0.2, 0.4, 0.5, 1.0),
            (0.1, float("nan"), 0.4, 0.5, 0.6),
        ],
    )
    def test_cosines_that_do_not_increase_strictly_inside(self, cosines):
        with pytest.raises(ValueError, match="increase strictly"):
            Calibration(cosines, "made up")
