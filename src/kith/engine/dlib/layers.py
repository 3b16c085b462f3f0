"""The layers dlib's face networks are made of, in dlib's own terms.

Strides, paddings and window sizes are (rows, columns). Weights are float32 in the files and float64
here, so that several layers can be made one without loss.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """Cross-correlation with `filters` (out, in, rows, columns) plus `biases` (out,)."""

    filters: Float64
    biases: Float64
    stride: Pair
    padding: Pair


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """gamma x + beta, one pair per channel: (channels,) each."""

    gamma: Float64
    beta: Float64


@dataclass(frozen=True, slots=True)
class Relu:
    """max(x, 0)."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The `kind` ("max" or "avg") of every window; a window of (0, 0) is the whole map."""

    kind: str
    window: Pair
    stride: Pair
    padding: Pair


@dataclass(frozen=True, slots=True, eq=False)
class FullyConnected:
    """x W with `weights` (inputs, outputs); these networks have no bias here."""

    weights: Float64


@dataclass(frozen=True, slots=True)
class Tag:
    """Remembers what flows here."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Goes on with what the tag before the last one remembered."""


@dataclass(frozen=True, slots=True)
class Add:
    """Adds what the last tag remembered; where sizes differ the smaller counts as zero beyond its end."""


Layer = Convolution | Affine | Relu | Pool | FullyConnected | Tag | Skip | Add
