"""Writes what `kith.engine.dlib.dat` reads, in the newest layer versions dlib has."""

import math
from collections.abc import Sequence

import numpy as np

MARK = b"mark"  # a tag, or a skip directly behind one
_SPECIAL = {math.inf: 32000, -math.inf: 32001}


def whole(number: int) -> bytes:
    magnitude = abs(number)
    data = magnitude.to_bytes(max(1, (magnitude.bit_length() + 7) // 8), "little")
    return bytes((len(data) | (0x80 if number < 0 else 0),)) + data


def wholes(*numbers: int) -> bytes:
    return b"".join(map(whole, numbers))


def real(number: float) -> bytes:
    if math.isnan(number):
        return wholes(0, 32002)
    if math.isinf(number):
        return wholes(0, _SPECIAL[number])
    fraction, exponent = math.frexp(number)
    mantissa, exponent = int(fraction * 2**53), exponent - 53
    while mantissa and mantissa % 256 == 0:
        mantissa, exponent = mantissa // 256, exponent + 8
    return wholes(mantissa, exponent)


def reals(*numbers: float) -> bytes:
    return b"".join(map(real, numbers))


def text(name: str) -> bytes:
    return whole(len(name)) + name.encode()


def tensor(values: Sequence[float] | np.ndarray) -> bytes:
    flat = np.asarray(values, dtype="<f4").ravel()
    shape = (1, 1, 1, flat.size) if flat.size else (0, 0, 0, 0)
    return wholes(2, *shape) + flat.tobytes()


def window(*shape: int) -> bytes:
    return wholes(1, *shape)


def metric_loss() -> bytes:
    return whole(1) + text("loss_metric_2") + reals(0.04, 0.6)


def mmod_loss() -> bytes:
    return whole(1) + text("loss_mmod_") + wholes(1, 80, 80) + reals(1, 1, 0.5, 0.3, 1, 0.5, 1)


def sized_input(means: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> bytes:
    return text("input_rgb_image_sized") + reals(*means) + wholes(150, 150)


def pyramid_input(means: tuple[float, float, float]) -> bytes:
    return text("input_rgb_image_pyramid2") + reals(*means) + wholes(10, 11)


def convolution(
    name: str,
    filters: np.ndarray,
    biases: Sequence[float],
    *,
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (0, 0),
) -> bytes:
    count, _, rows, columns = filters.shape
    return (
        text(name)
        + tensor(np.concatenate((filters.ravel(), np.asarray(biases))))
        + wholes(count, rows, columns, *stride, *padding)
        + window(*filters.shape)
        + window(1, count, 1, 1)
        + reals(1, 1, 1, 0)
        + b"0" * (int(name[-1]) - 4)
    )


def affine(name: str, gamma: Sequence[float], beta: Sequence[float]) -> bytes:
    shape = (1, len(gamma), 1, 1)
    return (
        text(name)
        + tensor((*gamma, *beta))
        + window(*shape)
        + window(*shape)
        + whole(0)
        + b"0" * (name == "affine_2")
    )


def batch_norm(*, gamma: float, beta: float, mean: float, variance: float, epsilon: float) -> bytes:
    return (
        text("bn_con2")
        + tensor((gamma, beta))
        + window(1, 1, 1, 1) * 2
        + tensor((9.0,)) * 2
        + tensor((mean,))
        + tensor((variance,))
        + wholes(1000, 100)
        + reals(1, 0, 1, 0, epsilon)
    )


def relu(name: str) -> bytes:
    return text(name) + b"0" * (name == "relu_2")


ADD = text("add_prev_")


def pool(name: str, numbers: tuple[int, ...]) -> bytes:
    return text(name) + wholes(*numbers)


def fully_connected(name: str, weights: np.ndarray) -> bytes:
    inputs, outputs = weights.shape
    return (
        text(name)
        + wholes(outputs, inputs)
        + tensor(weights)
        + window(1, inputs, 1, outputs)
        + window(0, 0, 0, 0)
        + whole(1)
        + reals(1, 1, 1, 0)
        + b"0" * (name == "fc_3")
    )


def network(loss: bytes, layers: Sequence[bytes], input_layer: bytes) -> bytes:
    """A network of layers, given from input to output."""
    versions = [3, *(1 if layer is MARK else 2 for layer in layers[1:])]
    contents = b""
    for place, layer in enumerate(layers):
        if layer is not MARK:
            contents += layer + b"110" + tensor(()) * 3 + (whole(1) if place == 0 else b"")
    return loss + wholes(*reversed(versions)) + input_layer + contents


def tree(*, splits: int = 1, pixel: int = 0, leaf: float = 0.5) -> bytes:
    """A tree that compares a pixel with the last one; each leaf moves one point along x."""
    one_split = wholes(pixel, 1) + real(0.25)
    one_leaf = wholes(-2, -1) + reals(leaf, 0.0)
    return whole(splits) + one_split * splits + whole(splits + 1) + one_leaf * (splits + 1)


def predictor(
    trees: bytes | None = None, *, anchor: int = 0, offset: float = 0.125, pixels: int = 2
) -> bytes:
    """One cascade of two trees over two pixels that hang on one point."""
    return (
        wholes(1, -2, -1)
        + reals(0.5, 0.75)
        + wholes(1, 2)
        + (tree() * 2 if trees is None else trees)
        + wholes(1, pixels)
        + whole(anchor) * pixels
        + wholes(1, pixels)
        + reals(offset, -1.0) * pixels
    )
