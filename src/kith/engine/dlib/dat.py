"""Reader of dlib's `.dat` files: networks and shape predictors, as far as the face models need.

The format is dlib's own serialization (serialize.h, dnn/core.h, dnn/layers.h, dnn/loss.h,
image_processing/shape_predictor.h). It has no schema: whoever reads must know what comes next, so
every file is read to its last byte and anything unexpected raises `DatError`.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kith.engine.dlib.layers import (
    Add,
    Affine,
    Convolution,
    Float64,
    FullyConnected,
    Layer,
    Pool,
    Relu,
    Skip,
    Tag,
)

_SPECIAL_EXPONENTS = {32000: math.inf, 32001: -math.inf, 32002: math.nan}


class DatError(ValueError):
    """The bytes are not a `.dat` file of the expected kind, or not all of one."""


class Loss(NamedTuple):
    """The loss layer's name and its numbers, in file order."""

    name: str
    settings: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A network: RGB pixels minus `means`, divided by 256, then `layers` from input to output."""

    means: tuple[float, float, float]
    layers: tuple[Layer, ...]
    loss: Loss


class DatReader:
    """Takes typed values off the front of a `.dat` file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def take(self, count: int) -> bytes:
        end = self._position + count
        if count < 0 or end > len(self._data):
            raise DatError(f"the file ends at byte {len(self._data)} where {count} more are expected")
        chunk = self._data[self._position : end]
        self._position = end
        return chunk

    def peek_is_version(self) -> bool:
        """Whether a layer's version comes next: a one-byte whole number no larger than 4."""
        upcoming = self._data[self._position : self._position + 2]
        return len(upcoming) == 2 and upcoming[0] == 1 and upcoming[1] <= 4

    def whole(self) -> int:
        header = self.take(1)[0]
        size = header & 0x0F
        if not 1 <= size <= 8 or header & 0x70:
            raise DatError(f"byte {self._position - 1} does not begin a whole number")
        magnitude = int.from_bytes(self.take(size), "little")
        return -magnitude if header & 0x80 else magnitude

    def wholes(self, count: int) -> tuple[int, ...]:
        return tuple(self.whole() for _ in range(count))

    def real(self) -> float:
        mantissa, exponent = self.whole(), self.whole()
        if exponent in _SPECIAL_EXPONENTS:
            return _SPECIAL_EXPONENTS[exponent]
        try:
            return math.ldexp(mantissa, exponent)
        except OverflowError as error:
            raise DatError(f"the exponent {exponent} belongs to no number") from error

    def reals(self, count: int) -> tuple[float, ...]:
        return tuple(self.real() for _ in range(count))

    def truth(self) -> bool:
        character = self.take(1)
        if character not in {b"0", b"1"}:
            raise DatError(f"byte {self._position - 1} is no truth value")
        return character == b"1"

    def text(self) -> str:
        size = self.whole()
        if not 0 <= size <= 64:
            raise DatError(f"a name of {size} characters")
        return self.take(size).decode("ascii", errors="replace")

    def expect(self, value: int, meaning: str) -> None:
        found = self.whole()
        if found != value:
            raise DatError(f"{meaning} is {found}, not {value}")

    def shape(self) -> tuple[int, int, int, int]:
        samples, channels, rows, columns = self.wholes(4)
        if min(samples, channels, rows, columns) < 0:
            raise DatError("a tensor with a negative dimension")
        return samples, channels, rows, columns

    def tensor(self) -> Float64:
        """The values of a tensor, flat."""
        self.expect(2, "the version of a tensor")
        values = np.frombuffer(self.take(4 * math.prod(self.shape())), dtype="<f4")
        if not np.isfinite(values).all():
            raise DatError("a tensor with values that are infinite or none")
        return values.astype(np.float64)

    def window(self) -> tuple[int, int, int, int]:
        """An alias tensor: only the shape in which a part of another tensor is seen."""
        self.expect(1, "the version of an alias tensor")
        return self.shape()

    def finish(self) -> None:
        if self._position != len(self._data):
            raise DatError(f"{len(self._data) - self._position} bytes are left over")


def digest(data: bytes) -> str:
    """The SHA-256 of a file's bytes in lower-case hex: how a network is told from another."""
    return hashlib.sha256(data).hexdigest()


def read_network(data: bytes) -> Network:
    """A network with its weights; raises DatError for anything else."""
    reader = DatReader(data)
    reader.expect(1, "the version of the loss layer")
    loss = _read_loss(reader)
    versions: list[int] = []
    while reader.peek_is_version():
        versions.append(reader.whole())
    if not versions:
        raise DatError("a network without layers")
    versions.reverse()  # written from the output inwards; the parameters follow the other way round
    means = _read_input(reader)
    layers: list[Layer] = []
    for position, version in enumerate(versions):
        if version != 1:
            layers.append(_read_layer(reader))
            _skip_state(reader)
        elif layers and isinstance(layers[-1], Tag):
            # Tags and skips look alike in the file. In these networks a tag set directly on
            # another marker would mark the same place twice, so the second is a skip back.
            layers.append(Skip())
        else:
            layers.append(Tag())
        if position == 0 and version == 3:
            reader.whole()  # how many tensors one image becomes; 1 except for pyramids in training
    reader.finish()
    return Network(means, tuple(layers), loss)


def _read_loss(reader: DatReader) -> Loss:
    name = reader.text()
    if name == "loss_metric_2":  # margin and distance threshold
        return Loss(name, reader.reals(2))
    if name == "loss_mmod_":
        reader.expect(1, "the version of the detector's options")
        window = (reader.whole(), reader.whole())
        # costs of a false alarm and of a miss, overlap with the truth, and two tests of overlap
        # (shared part of the bounding box, covered part): duplicates, and boxes to ignore
        return Loss(name, (*map(float, window), *reader.reals(7)))
    raise DatError(f"the loss layer {name!r} is not known")


def _read_input(reader: DatReader) -> tuple[float, float, float]:
    name = reader.text()
    if name not in {"input_rgb_image_sized", "input_rgb_image_pyramid", "input_rgb_image_pyramid2"}:
        raise DatError(f"the input layer {name!r} is not known")
    red, green, blue = reader.reals(3)
    if name != "input_rgb_image_pyramid":
        reader.wholes(2)  # rows and columns, or the pyramid's paddings
    return red, green, blue


def _read_layer(reader: DatReader) -> Layer:
    name = reader.text()
    if name not in _LAYERS:
        raise DatError(f"the layer {name!r} is not known")
    read, truths = _LAYERS[name]
    layer = read(reader)
    for _ in range(truths):
        reader.truth()
    return layer


def _skip_state(reader: DatReader) -> None:
    """What a layer kept from training: three truth values, then gradients and a cached output."""
    for _ in range(3):
        reader.truth()
    for _ in range(3):
        reader.tensor()


def _read_convolution(reader: DatReader) -> Convolution:
    parameters = reader.tensor()
    count, rows, columns, *rest = (reader.whole() for _ in range(7))
    filters, biases = reader.window(), reader.window()
    reader.reals(4)  # learning rates and weight decays
    size = math.prod(filters)
    if filters[0] != count or filters[2:] != (rows, columns) or parameters.size != size + math.prod(biases):
        raise DatError("a convolution whose numbers contradict one another")
    return Convolution(
        parameters[:size].reshape(filters), parameters[size:], (rest[0], rest[1]), (rest[2], rest[3])
    )


def _read_pool(reader: DatReader, kind: str) -> Pool:
    rows, columns, stride_y, stride_x, padding_y, padding_x = reader.wholes(6)
    return Pool(kind, (rows, columns), (stride_y, stride_x), (padding_y, padding_x))


def _read_affine(reader: DatReader) -> Affine:
    parameters = reader.tensor()
    gamma, beta = math.prod(reader.window()), math.prod(reader.window())
    reader.whole()  # per channel or per value: the shape says so too
    if gamma != beta or parameters.size != gamma + beta:
        raise DatError("an affine layer whose numbers contradict one another")
    return Affine(parameters[:gamma], parameters[gamma:])


def _read_batch_norm(reader: DatReader) -> Affine:
    """Batch normalisation as it is used after training: an affine layer of its running figures."""
    parameters = reader.tensor()
    gamma, beta = math.prod(reader.window()), math.prod(reader.window())
    _, _, means, variances = (reader.tensor() for _ in range(4))  # of the last batch, then running
    reader.wholes(2)  # updates done, window of the running average
    *_, epsilon = reader.reals(5)
    if not gamma == beta == means.size == variances.size or parameters.size != gamma + beta:
        raise DatError("a batch normalisation whose numbers contradict one another")
    scale = parameters[:gamma] / np.sqrt(variances + epsilon)
    return Affine(scale, parameters[gamma:] - scale * means)


def _read_fully_connected(reader: DatReader) -> FullyConnected:
    outputs, inputs = reader.whole(), reader.whole()
    parameters = reader.tensor()
    weights, biases = reader.window(), math.prod(reader.window())
    reader.whole()  # with or without biases; the shapes say so too
    reader.reals(4)  # learning rates and weight decays
    if biases or not math.prod(weights) == inputs * outputs == parameters.size:
        raise DatError("a fully connected layer with biases, or whose numbers contradict one another")
    return FullyConnected(parameters.reshape(inputs, outputs))


# How to read a layer's contents, and how many settings without a meaning here follow them.
_LAYERS: dict[str, tuple[Callable[[DatReader], Layer], int]] = {
    "con_4": (_read_convolution, 0),
    "con_5": (_read_convolution, 1),
    "con_6": (_read_convolution, 2),
    "affine_": (_read_affine, 0),
    "affine_2": (_read_affine, 1),
    "bn_con2": (_read_batch_norm, 0),
    "relu_": (lambda _: Relu(), 0),
    "relu_2": (lambda _: Relu(), 1),
    "add_prev_": (lambda _: Add(), 0),
    "max_pool_2": (lambda reader: _read_pool(reader, "max"), 0),
    "avg_pool_2": (lambda reader: _read_pool(reader, "avg"), 0),
    "fc_2": (_read_fully_connected, 0),
    "fc_3": (_read_fully_connected, 1),
}


def whole_numbers(data: bytes) -> NDArray[np.int64]:
    """All whole numbers of a file that holds nothing else, such as a shape predictor's.

    Their places depend on one another, so they are found one by one; the values are then decoded
    all at once, which takes a fifth of the time of `DatReader`.
    """
    position, end = 0, len(data)
    places: list[int] = []
    while position < end:
        places.append(position)
        position += (data[position] & 0x0F) + 1
    if position != end:
        raise DatError("the file ends inside a number")
    raw = np.frombuffer(data + bytes(8), dtype=np.uint8)
    starts = np.array(places, dtype=np.int64)
    headers = raw[starts]
    sizes = headers & 0x0F
    if (headers & 0x70).any() or ((sizes < 1) | (sizes > 4)).any():
        raise DatError("a byte that does not begin a whole number of at most 32 bits")
    magnitudes = np.zeros(len(starts), dtype=np.int64)
    for byte in range(int(sizes.max(initial=0))):
        magnitudes |= np.where(sizes > byte, raw[starts + 1 + byte], 0).astype(np.int64) << (8 * byte)
    return np.where(headers & 0x80, -magnitudes, magnitudes)
