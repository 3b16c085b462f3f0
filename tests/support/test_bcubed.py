"""The measure itself, against values worked out by hand and against its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bcubed import alone, bcubed


def test_the_right_grouping_scores_one_whatever_the_names() -> None:
    assert bcubed("aabbc", [7, 7, 1, 1, 0]) == (1.0, 1.0, 1.0)


def test_everything_in_one_group() -> None:
    precision, recall, f1 = bcubed("aaab", [0, 0, 0, 0])
    assert precision == pytest.approx((3 * 3 / 4 + 1 / 4) / 4)
    assert recall == 1.0
    assert f1 == pytest.approx(2 * 0.625 / 1.625)


def test_everything_alone() -> None:
    assert bcubed("aaab", [0, 1, 2, 3]) == pytest.approx((1.0, (3 * 1 / 3 + 1) / 4, 2 / 3))


def test_a_split_and_an_intruder() -> None:
    # Class a is {0,1,2}, b is {3,4}; the groups are {0,1}, {2,3}, {4}.
    precision, recall, _ = bcubed("aaabb", [0, 0, 1, 1, 2])
    assert precision == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 1) / 5)
    assert recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 5)


def test_noise_is_made_single() -> None:
    labels = alone([-1, 0, -1, 0, 3])
    assert len(set(labels)) == 4
    assert labels[1] == labels[3] == 0


def test_unequal_or_empty_input_is_refused() -> None:
    for truth, groups in (("ab", [1]), ("", [])):
        with pytest.raises(ValueError, match="one length"):
            bcubed(truth, groups)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_agrees_with_the_definition(items: list[tuple[int, int]]) -> None:
    truth, groups = zip(*items, strict=True)
    precision = recall = 0.0
    for label, group in items:
        both = sum(one == (label, group) for one in items)
        precision += both / groups.count(group) / len(items)
        recall += both / truth.count(label) / len(items)
    found = bcubed(truth, groups)
    assert found.precision == pytest.approx(precision)
    assert found.recall == pytest.approx(recall)
