"""ONNX graphs of dlib's face networks.

Both take RGB pixels 0..255 as they are, (n, rows, columns, 3): dlib's (value - mean) / 256 and every
affine layer are folded into the convolution beside them, in float64. Folding the means is exact
because neither first convolution is padded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from kith.engine.dlib.dat import DatError, Network
from kith.engine.dlib.layers import Add, Affine, Convolution, FullyConnected, Pool, Relu, Skip, Tag

INPUT = "pixels"
CHIP_SIDE_PX = 150
_OPSET, _IR_VERSION = 17, 8  # old enough for every supported ONNX Runtime
_PIXEL_SCALE = 1 / 256
# ONNX Runtime's fast convolutions want channels in blocks; the detector has layers of 45, which get
# three more that are always zero.
_CHANNEL_BLOCK = 16

_Folded = Convolution | Relu | Pool | FullyConnected | Tag | Skip | Add


@dataclass(frozen=True, slots=True)
class _Flow:
    """A value in the graph: its name, its channels, and its side where the input's size is fixed."""

    name: str
    channels: int
    side: int | None


def embedder_graph(network: Network) -> bytes:
    """`pixels` (n, 150, 150, 3) uint8 to `embeddings` (n, 128) float32, not normalised."""
    _require(network, "loss_metric_2")
    graph = _Graph()
    chips = graph.add("Cast", [INPUT], to=TensorProto.FLOAT)
    embeddings = _build(graph, network, _Flow(chips, 3, CHIP_SIDE_PX))
    size = ["faces", CHIP_SIDE_PX, CHIP_SIDE_PX, 3]
    pixels = helper.make_tensor_value_info(INPUT, TensorProto.UINT8, size)
    return graph.serialized(pixels, embeddings.name, "embeddings", ["faces", embeddings.channels])


def detector_graph(network: Network) -> bytes:
    """`pixels` (n, rows, columns, 3) float32 to `scores` (n, 1, r, c) float32, one cell in 8 x 8 pixels."""
    _require(network, "loss_mmod_")
    graph = _Graph()
    scores = _build(graph, network, _Flow(INPUT, 3, None))
    size = ["images", "rows", "columns", 3]
    pixels = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, size)
    return graph.serialized(pixels, scores.name, "scores", ["images", 1, "score_rows", "score_columns"])


def _require(network: Network, loss: str) -> None:
    if network.loss.name != loss:
        raise DatError(f"a network with {network.loss.name} where one with {loss} is expected")


class _Graph:
    """Collects nodes and weights; every node has one output and gets a name of its own."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: Sequence[str], **attributes: int | list[int]) -> str:
        name = f"{kind.lower()}_{len(self._nodes)}"
        node = helper.make_node(kind, list(inputs), [name], name=name)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self._nodes.append(node)
        return name

    def constant(self, values: NDArray[np.generic]) -> str:
        name = f"weights_{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(values, name))
        return name

    def serialized(self, pixels: onnx.ValueInfoProto, last: str, output: str, size: list[str | int]) -> bytes:
        self._nodes.append(helper.make_node("Identity", [last], [output]))
        result = helper.make_tensor_value_info(output, TensorProto.FLOAT, size)
        graph = helper.make_graph(self._nodes, "faces", [pixels], [result], self._weights)
        opset = helper.make_opsetid("", _OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=_IR_VERSION, producer_name="kith")
        onnx.checker.check_model(model)
        return model.SerializeToString()


def _build(graph: _Graph, network: Network, pixels: _Flow) -> _Flow:
    """Append the whole network; `pixels` is (n, rows, columns, 3)."""
    flow = _Flow(graph.add("Transpose", [pixels.name], perm=[0, 3, 1, 2]), 3, pixels.side)
    tags: list[_Flow] = []
    for layer in _folded(network):
        match layer:
            case Convolution():
                flow = _convolution(graph, layer, flow)
            case Relu():
                flow = _Flow(graph.add("Relu", [flow.name]), flow.channels, flow.side)
            case Pool():
                flow = _pool(graph, layer, flow)
            case FullyConnected():
                flat = graph.add("Flatten", [flow.name])
                weights = graph.constant(layer.weights.astype(np.float32))
                flow = _Flow(graph.add("MatMul", [flat, weights]), layer.weights.shape[1], None)
            case Tag():
                tags.append(flow)
            case Skip():
                flow = _remembered(tags, 2)
            case Add():
                flow = _sum(graph, flow, _remembered(tags, 1))
    return flow


def _remembered(tags: list[_Flow], back: int) -> _Flow:
    if len(tags) < back:
        raise DatError("a layer that goes back to a tag that is not there")
    return tags[-back]


def _folded(network: Network) -> list[_Folded]:
    """The layers, with affine ones and the scaling of the pixels taken into the convolutions."""
    folded: list[_Folded] = []
    for layer in network.layers:
        if not isinstance(layer, Affine):
            folded.append(layer)
            continue
        before = folded.pop()
        if not isinstance(before, Convolution):
            raise DatError("an affine layer that follows no convolution")
        filters = before.filters * layer.gamma[:, None, None, None]
        biases = before.biases * layer.gamma + layer.beta
        folded.append(replace(before, filters=filters, biases=biases))
    first = folded[0]
    if not isinstance(first, Convolution) or first.padding != (0, 0):
        raise DatError("the means can only be taken into a convolution without padding")
    filters = first.filters * _PIXEL_SCALE
    shift = np.einsum("oirc,i->o", filters, np.array(network.means))
    folded[0] = replace(first, filters=filters, biases=first.biases - shift)
    return folded


def _convolution(graph: _Graph, layer: Convolution, flow: _Flow) -> _Flow:
    count, inputs, rows, columns = layer.filters.shape
    channels = count if count == 1 else -(-count // _CHANNEL_BLOCK) * _CHANNEL_BLOCK
    more = channels - count
    filters = np.pad(layer.filters, ((0, more), (0, flow.channels - inputs), (0, 0), (0, 0)))
    biases = np.pad(layer.biases, (0, more))
    pads = [*layer.padding, *layer.padding]
    kind = "Conv"
    if channels == 1 and layer.stride == (1, 1):
        # One channel is spread from its inputs rather than gathered: the same sums, four times as fast.
        kind, filters = "ConvTranspose", filters[:, :, ::-1, ::-1].swapaxes(0, 1)
        pads = [side - 1 - pad for side, pad in zip((rows, columns) * 2, pads, strict=True)]
    weights = (graph.constant(values.astype(np.float32)) for values in (filters, biases))
    name = graph.add(
        kind,
        [flow.name, *weights],
        kernel_shape=[rows, columns],
        strides=list(layer.stride),
        pads=pads,
    )
    return _Flow(name, channels, _shrunk(flow.side, rows, layer.stride[0], layer.padding[0]))


def _pool(graph: _Graph, layer: Pool, flow: _Flow) -> _Flow:
    if layer.window == (0, 0):
        return _Flow(graph.add("GlobalAveragePool", [flow.name]), flow.channels, 1)
    name = graph.add(
        "MaxPool" if layer.kind == "max" else "AveragePool",
        [flow.name],
        kernel_shape=list(layer.window),
        strides=list(layer.stride),
        pads=[*layer.padding, *layer.padding],
    )
    side = _shrunk(flow.side, layer.window[0], layer.stride[0], layer.padding[0])
    return _Flow(name, flow.channels, side)


def _sum(graph: _Graph, one: _Flow, other: _Flow) -> _Flow:
    """The sum of two maps, each grown with zeros at its end to the larger channels and sides."""
    if one.side is None or other.side is None:
        raise DatError("maps can only be added where the input's size is fixed")
    channels, side = max(one.channels, other.channels), max(one.side, other.side)
    names = [_grown(graph, flow, channels, side) for flow in (one, other)]
    return _Flow(graph.add("Add", names), channels, side)


def _grown(graph: _Graph, flow: _Flow, channels: int, side: int) -> str:
    more, larger = channels - flow.channels, side - (flow.side or 0)
    if not more and not larger:
        return flow.name
    pads = graph.constant(np.array([0, 0, 0, 0, 0, more, larger, larger], dtype=np.int64))
    return graph.add("Pad", [flow.name, pads])


def _shrunk(side: int | None, window: int, stride: int, padding: int) -> int | None:
    return None if side is None else (side + 2 * padding - window) // stride + 1
