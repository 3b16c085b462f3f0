"""What goes over the wire arrives as it was; what is no message is refused, whatever it is."""

import io
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.engine.calibration import Calibration
from kith.engine.faces import EmbeddingSpace, Faces, Image
from kith.engine.remote.errors import EngineMessageInvalid
from kith.engine.remote.messages import (
    EngineFacts,
    faces_from_bytes,
    faces_to_bytes,
    images_from_bytes,
    images_to_bytes,
)

RNG = np.random.default_rng(7)
FACTS = EngineFacts(
    EmbeddingSpace("tiny", "1", "a" * 64, 6, "arcface"), Calibration((0.1, 0.2, 0.3, 0.4, 0.5), "made up"), 1
)


def image(height: int, width: int) -> Image:
    return Image(RNG.integers(0, 256, (height, width, 3), dtype=np.uint8), 2 * width, 2 * height)


def faces(count: int) -> Faces:
    shapes = ((4,), (), (5, 2), (), (), (), (), (6,))
    return Faces(*(RNG.random((count, *shape), dtype=np.float32) for shape in shapes))


def npz(**arrays: object) -> bytes:
    held = io.BytesIO()
    np.savez(held, **arrays)
    return held.getvalue()


class TestImages:
    def test_arrive_as_they_were(self) -> None:
        sent = [image(3, 5), image(40, 7)]
        arrived, boxes = images_from_bytes(images_to_bytes(sent))
        assert boxes is None
        for left, right in zip(sent, arrived, strict=True):
            np.testing.assert_array_equal(left.pixels, right.pixels)
            assert (left.width_px, left.height_px) == (right.width_px, right.height_px)

    def test_with_boxes(self) -> None:
        given_boxes = np.array([[0, 0, 2, 3.5]], np.float32)
        _, boxes = images_from_bytes(images_to_bytes([image(4, 4)], given_boxes))
        np.testing.assert_array_equal(boxes, given_boxes)

    @pytest.mark.parametrize(
        "arrays",
        [
            {},
            {"sizes": np.ones((1, 2), np.int64)},
            {"sizes": np.ones((1, 2), np.int32), "pixels_0": np.ones((1, 1, 3), np.uint8)},
            {"sizes": np.zeros((1, 2), np.int64), "pixels_0": np.ones((1, 1, 3), np.uint8)},
            {"sizes": np.ones((1, 2), np.int64), "pixels_0": np.ones((1, 1), np.uint8)},
            {"sizes": np.ones((1, 2), np.int64), "pixels_0": np.ones((1, 1, 3), np.float32)},
            {"sizes": np.ones((1, 2), np.int64), "pixels_0": np.ones((0, 1, 3), np.uint8)},
            {"sizes": np.ones((0, 2), np.int64), "boxes": np.ones((1, 3), np.float32)},
        ],
    )
    def test_of_other_shapes_are_refused(self, arrays: dict[str, object]) -> None:
        with pytest.raises(EngineMessageInvalid):
            images_from_bytes(npz(**arrays))


class TestFaces:
    @pytest.mark.parametrize("counts", [[0], [3], [0, 2, 0, 1]])
    def test_arrive_as_they_were(self, counts: list[int]) -> None:
        sent = [faces(count) for count in counts]
        arrived = faces_from_bytes(faces_to_bytes(sent), len(counts), 6)
        for left, right in zip(sent, arrived, strict=True):
            for name in Faces.__slots__:
                np.testing.assert_array_equal(getattr(left, name), getattr(right, name))

    def test_of_another_number_or_space_are_refused(self) -> None:
        sent = faces_to_bytes([faces(2)])
        for count, dimension in ((2, 6), (0, 6), (1, 7)):
            with pytest.raises(EngineMessageInvalid):
                faces_from_bytes(sent, count, dimension)

    @pytest.mark.parametrize("counts", [[1], [3], [3, -1], [-1, 3]])
    def test_counts_that_are_wrong_are_refused(self, counts: list[int]) -> None:
        arrays = {name: getattr(faces(2), name) for name in Faces.__slots__}
        with pytest.raises(EngineMessageInvalid):
            faces_from_bytes(npz(counts=np.array(counts, np.int64), **arrays), len(counts), 6)


class TestHostile:
    @given(st.binary(max_size=300))
    def test_bytes_of_any_kind(self, data: bytes) -> None:
        with pytest.raises(EngineMessageInvalid):
            images_from_bytes(data)

    @given(st.integers(0, 2000), st.integers(0, 255))
    def test_a_message_with_one_byte_changed(self, at: int, value: int) -> None:
        data = bytearray(images_to_bytes([Image(np.zeros((9, 9, 3), np.uint8), 9, 9)]))
        data[at % len(data)] = value
        try:
            images, _ = images_from_bytes(bytes(data))
        except EngineMessageInvalid:
            return
        assert all(it.pixels.shape == (9, 9, 3) for it in images)

    def test_what_is_compressed(self) -> None:
        held = io.BytesIO()
        np.savez_compressed(held, sizes=np.zeros((10_000, 2), np.int64))
        with pytest.raises(EngineMessageInvalid, match="compressed"):
            images_from_bytes(held.getvalue())

    def test_objects_are_never_unpickled(self) -> None:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive, archive.open("sizes.npy", "w") as entry:
            np.lib.format.write_array(entry, np.array([Trap()], object), allow_pickle=True)
        with pytest.raises(EngineMessageInvalid):
            images_from_bytes(held.getvalue())

    def test_an_array_that_says_it_is_larger_than_it_is(self) -> None:
        npy = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            npy, {"descr": "<i8", "fortran_order": False, "shape": (1 << 50, 2)}
        )
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr("sizes.npy", npy.getvalue() + b"\0" * 64)
        with pytest.raises(EngineMessageInvalid):
            images_from_bytes(held.getvalue())


class Trap:
    """Says so when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return pytest.fail, ("something was unpickled",)


def test_the_trap_works() -> None:
    with pytest.raises(pytest.fail.Exception):
        pickle.loads(pickle.dumps(Trap()))


class TestFacts:
    def test_arrive_as_they_were(self) -> None:
        assert EngineFacts.of_data(FACTS.as_data()) == FACTS

    @pytest.mark.parametrize(
        "data",
        [None, [], {}, {**FACTS.as_data(), "protocol": 2}, {**FACTS.as_data(), "space": {}},
         {**FACTS.as_data(), "calibration": {"cosines": [1], "provenance": ""}},
         {**FACTS.as_data(), "calibration": {"cosines": [1, 2, 3, 4, 5], "provenance": ""}}],
    )  # fmt: skip
    def test_of_something_else_are_refused(self, data: object) -> None:
        with pytest.raises(EngineMessageInvalid):
            EngineFacts.of_data(data)
