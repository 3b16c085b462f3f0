"""Graph surgery: networks made to take pixels as they are, several at once and of any size.

Published face networks take one float image of a fixed size in channel-first order, each with its
own scaling. Rewriting the head of the graph once, at load, makes them all take the same thing and
moves the conversion into ONNX Runtime, where it costs no extra copy in Python.
"""

from dataclasses import dataclass

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from kith.engine.errors import EngineNotReady

PIXELS = "pixels"


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """What a network expects: `(pixel - mean) / deviation` per channel, in RGB or BGR order."""

    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    deviation: tuple[float, float, float] = (1.0, 1.0, 1.0)
    bgr: bool = False


def accept_pixels(network: bytes, pixel_format: PixelFormat) -> bytes:
    """The same network with one input `pixels`: uint8 RGB (n, h, w, 3), for any n, h and w.

    Raises EngineNotReady when the bytes are not a network with a single image as its input, or when
    its weights lie in other files.
    """
    model = read_network(network)
    graph = model.graph
    image = _image_input(graph)
    _free_batch(graph)
    head = _head(pixel_format, image.name)
    body = list(graph.node)
    del graph.node[:], graph.value_info[:]
    graph.node.extend((*head, *body))
    graph.input.remove(image)
    graph.input.insert(0, helper.make_tensor_value_info(PIXELS, TensorProto.UINT8, ["n", "h", "w", 3]))
    for output in graph.output:
        for axis in output.type.tensor_type.shape.dim[:-1]:
            axis.Clear()
    graph.initializer.extend(_constants(pixel_format))
    return model.SerializeToString()


def read_network(network: bytes) -> ModelProto:
    """Parse an ONNX file's bytes; raises EngineNotReady when they are not a self-contained network."""
    try:
        model = onnx.load_model_from_string(network)
    except DecodeError as error:
        raise EngineNotReady("the file is not an ONNX network") from error
    if not model.graph.node or not model.graph.output:
        raise EngineNotReady("the file is not an ONNX network")
    # External data is a path into the file system that the network's author chose.
    constants = [attribute.t for node in model.graph.node for attribute in node.attribute]
    weights = [*model.graph.initializer, *constants]
    if any(tensor.data_location == TensorProto.EXTERNAL for tensor in weights):
        raise EngineNotReady("the network keeps its weights outside its file")
    return model


def _image_input(graph: GraphProto) -> ValueInfoProto:
    weights = {tensor.name for tensor in graph.initializer}
    images = [value for value in graph.input if value.name not in weights]
    if len(images) != 1 or len(images[0].type.tensor_type.shape.dim) != 4:
        raise EngineNotReady("the network does not take one image")
    return images[0]


def _head(pixel_format: PixelFormat, into: str) -> list[NodeProto]:
    """Nodes from uint8 RGB (n, h, w, 3) to the float tensor the network knows as `into`."""
    nodes = [
        helper.make_node("Transpose", [PIXELS], ["kith_chw"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["kith_chw"], ["kith_float"], to=TensorProto.FLOAT),
    ]
    if pixel_format.bgr:
        nodes.append(helper.make_node("Gather", [nodes[-1].output[0], "kith_bgr"], ["kith_channels"], axis=1))
    if any(pixel_format.mean):
        nodes.append(helper.make_node("Sub", [nodes[-1].output[0], "kith_mean"], ["kith_centred"]))
    if pixel_format.deviation != (1.0, 1.0, 1.0):
        nodes.append(helper.make_node("Div", [nodes[-1].output[0], "kith_deviation"], ["kith_scaled"]))
    nodes[-1].output[0] = into
    return nodes


def _constants(pixel_format: PixelFormat) -> list[TensorProto]:
    """The constants of `_head`; mean and deviation in the order the network reads its channels."""
    step = -1 if pixel_format.bgr else 1
    mean = np.asarray(pixel_format.mean, dtype=np.float32)[::step].reshape(1, 3, 1, 1)
    deviation = np.asarray(pixel_format.deviation, dtype=np.float32)[::step].reshape(1, 3, 1, 1)
    return [
        numpy_helper.from_array(np.asarray((2, 1, 0), dtype=np.int64), "kith_bgr"),
        numpy_helper.from_array(np.ascontiguousarray(mean), "kith_mean"),
        numpy_helper.from_array(np.ascontiguousarray(deviation), "kith_deviation"),
    ]


def _free_batch(graph: GraphProto) -> None:
    """Let Reshape nodes that were exported for a batch of one keep whatever batch comes in.

    A target shape (1, …) with a free or fixed rest means "one image"; its first 0 means "as it was".
    """
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].name == "value":
            constants[node.output[0]] = node.attribute[0].t
    for node in graph.node:
        # Weights are reshaped too, and have no batch.
        if node.op_type != "Reshape" or node.input[0] in constants or node.input[1] not in constants:
            continue
        shape = constants[node.input[1]]
        target = numpy_helper.to_array(shape).copy()
        if len(target) > 1 and target[0] == 1:
            target[0] = 0
            shape.CopyFrom(numpy_helper.from_array(target, shape.name))
