"""Between Kith's words and the contract's, without HTTP."""

import numpy as np
import pytest
from pydantic import ValidationError

from kith.faces.clustering import cluster
from kith.surfaces.core import mapping, wire


class TestBox:
    @pytest.mark.parametrize(
        ("xyxy", "expected"),
        [
            ((0.0, 0.0, 10.0, 20.0), (0, 0, 10, 20)),
            ((1.4, 2.6, 10.6, 20.4), (1, 3, 10, 17)),
            ((5.1, 5.1, 5.3, 5.3), (5, 5, 1, 1)),
        ],
    )
    def test_is_whole_pixels_with_some_area(self, xyxy, expected) -> None:
        box = mapping.box(xyxy)
        assert (box.x, box.y, box.width, box.height) == expected

    def test_comes_back_as_corners(self) -> None:
        boxes = [wire.BoxIn(x=1, y=2, width=3, height=4), wire.BoxIn(x=-5, y=0, width=10, height=1)]
        assert mapping.corners(boxes).tolist() == [[1, 2, 4, 6], [-5, 0, 5, 1]]
        assert mapping.corners([]).shape == (0, 4)


class TestIds:
    def test_leaves_out_what_no_database_holds(self) -> None:
        assert mapping.ids("3,1,2147483647,2147483648,9999999999") == [3, 1, 2147483647]


class TestMetadata:
    def test_is_kept_as_it_came(self) -> None:
        value = {"a": [1, {"b": None}], "c": "\\u0000 said, not meant", "d": "❤"}
        assert wire.PersonIn(metadata=value).metadata == value

    @pytest.mark.parametrize(
        "value",
        [
            {"x": float("nan")}, {"x": [float("inf")]}, {"x": "\0"}, {"\0": 1}, {"x": "\ud800"},
            {"x": "y" * 70_000}, "text", 5,
        ],
    )  # fmt: skip
    def test_refuses_what_cannot_be_kept(self, value: object) -> None:
        with pytest.raises(ValidationError):
            wire.PersonIn(metadata=value)


class TestClusters:
    def test_are_numbered_with_their_mean_cosine(self) -> None:
        angles = np.array([0.0, 0.1, 0.2, 2.0, 2.05, 4.0])
        vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
        found = cluster(np.arange(10, 16), vectors, 0.99, 2)
        answer = mapping.clusters(found, 1.5)
        assert [it.face_ids for it in answer.clusters] == [[10, 11, 12], [13, 14]]
        assert [it.cluster_id for it in answer.clusters] == [0, 1]
        mean = (2 * np.cos(0.1) + np.cos(0.2)) / 3
        assert answer.clusters[0].avg_similarity == pytest.approx(mean, abs=1e-6)
        assert answer.clusters[0].representative_face_id == 11
        assert (answer.noise_face_ids, answer.total_clusters, answer.processing_time_ms) == ([15], 2, 1.5)
