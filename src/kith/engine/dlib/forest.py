"""Reader of dlib's 5-point shape predictor: 15 cascades of 500 regression trees of depth 4.

Kazemi and Sullivan, "One Millisecond Face Alignment with an Ensemble of Regression Trees" (2014).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kith.engine.dlib.dat import DatError, whole_numbers
from kith.engine.faces import Float32

Int32 = NDArray[np.int32]

_FULL_TREES = frozenset(2**depth - 1 for depth in range(1, 13))


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """A shape predictor as arrays: c cascades, t trees, s splits, s + 1 leaves, p points, k pixels.

    shape     (2p,)            the mean shape, x0 y0 x1 y1 ..., in the unit box
    first     (c, t, s)        the pixels a split compares: `first` minus `second` ...
    second    (c, t, s)
    threshold (c, t, s)        ... against this; above it the left child follows
    leaves    (c, t, s+1, 2p)  what each leaf adds to the shape
    anchors   (c, k)           the point a compared pixel hangs on
    offsets   (c, k, 2)        and where it lies from there, in the unit box of the mean shape
    """

    shape: Float32
    first: Int32
    second: Int32
    threshold: Float32
    leaves: Float32
    anchors: Int32
    offsets: Float32


def read_forest(data: bytes) -> Forest:
    """A shape predictor with trees of equal depth; raises DatError for anything else."""
    numbers = _Numbers(whole_numbers(data))
    numbers.expect(1, "the version of a shape predictor")
    values = -int(numbers.look(0))
    shape = numbers.column(values)
    cascades = numbers.count()
    trees, splits = int(numbers.look(0)), int(numbers.look(1))
    if min(values, cascades, trees) < 1 or splits not in _FULL_TREES:
        raise DatError("a shape predictor without trees, or with trees that are not full")
    # A tree is always as long, so all trees of a cascade are read as the rows of one table: the
    # number of splits, the splits, the number of leaves, the leaves with two dimensions each.
    leaf_width = 2 + 2 * values
    tree_width = 1 + 4 * splits + 1 + (splits + 1) * leaf_width
    rows = np.stack([numbers.table(trees, tree_width) for _ in range(cascades)])
    split = rows[:, :, 1 : 1 + 4 * splits].reshape(cascades, trees, splits, 4)
    leaf = rows[:, :, 2 + 4 * splits :].reshape(cascades, trees, splits + 1, leaf_width)
    regular = (
        (rows[:, :, 0] == splits).all()
        and (rows[:, :, 1 + 4 * splits] == splits + 1).all()
        and (leaf[..., 0] == -values).all()
        and (leaf[..., 1] == -1).all()
    )
    anchors = _stacked(numbers, cascades, 1)
    offsets = _reals(_stacked(numbers, cascades, 4))
    numbers.finish()
    pixels = anchors.shape[1]
    if offsets.size != 2 * anchors.size or not pixels:
        raise DatError("a shape predictor whose pixels hang on nothing")
    first, second = split[..., 0], split[..., 1]
    inside = min(first.min(), second.min()) >= 0 and max(first.max(), second.max()) < pixels
    if not regular or not inside or not 0 <= anchors.min() <= anchors.max() < values // 2:
        raise DatError("a shape predictor whose trees are irregular")
    return Forest(
        shape,
        first.astype(np.int32),
        second.astype(np.int32),
        _reals(split[..., 2:]).reshape(first.shape),
        _reals(leaf[..., 2:]).reshape(cascades, trees, splits + 1, values),
        anchors.astype(np.int32),
        offsets.reshape(cascades, pixels, 2),
    )


class _Numbers:
    """Takes runs of numbers off the front of an array."""

    def __init__(self, values: NDArray[np.int64]) -> None:
        self._values = values
        self._position = 0

    def look(self, ahead: int) -> int:
        if self._position + ahead >= len(self._values):
            raise DatError("the shape predictor ends too early")
        return int(self._values[self._position + ahead])

    def take(self, count: int) -> NDArray[np.int64]:
        if not 0 <= count <= len(self._values) - self._position:
            raise DatError("the shape predictor ends too early")
        self._position += count
        return self._values[self._position - count : self._position]

    def count(self) -> int:
        return int(self.take(1)[0])

    def table(self, rows: int, width: int) -> NDArray[np.int64]:
        self.expect(rows, "the number of trees")
        return self.take(rows * width).reshape(rows, width)

    def column(self, values: int) -> Float32:
        """A matrix of one column; dimensions are written negated."""
        self.expect(-values, "the height of a matrix")
        self.expect(-1, "the width of a matrix")
        return _reals(self.take(2 * values))

    def expect(self, value: int, meaning: str) -> None:
        found = self.count()
        if found != value:
            raise DatError(f"{meaning} is {found}, not {value}")

    def finish(self) -> None:
        if self._position != len(self._values):
            raise DatError(f"{len(self._values) - self._position} numbers are left over")


def _stacked(numbers: _Numbers, rows: int, item_width: int) -> NDArray[np.int64]:
    """A vector of `rows` vectors of equal length, as one table."""
    numbers.expect(rows, "the number of cascades")
    vectors = [numbers.take(numbers.count() * item_width) for _ in range(rows)]
    if len({len(vector) for vector in vectors}) != 1:
        raise DatError("cascades that compare different numbers of pixels")
    return np.stack(vectors)


def _reals(pairs: NDArray[np.int64]) -> Float32:
    """Flat real numbers from mantissas and exponents that take turns."""
    mantissas, exponents = pairs.reshape(-1, 2).T
    if (np.abs(exponents) > 1000).any():
        raise DatError("a number that is infinite or none")
    return np.ldexp(mantissas.astype(np.float64), exponents.astype(np.int32)).astype(np.float32)
