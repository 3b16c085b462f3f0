"""Tiny networks, built here, whose answers can be told by hand."""

from collections.abc import Sequence

import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPSET = 13

# Distances to the left, top, right and bottom, and five points, in strides: the same for every anchor.
SCRFD_BOX = (1.0, 2.0, 3.0, 4.0)
SCRFD_POINTS = (-0.5, -1.0, 2.0, -1.0, 0.5, 0.25, -0.25, 2.0, 1.5, 2.0)


def tiny_scrfd(*, batched: bool = False) -> bytes:
    """An SCRFD that sees a face, with its first anchor, in every white cell of stride 16."""
    nodes, weights, outputs = [], [], []
    for stride in (8, 16, 32):
        cells = f"cells_{stride}"
        nodes.append(
            helper.make_node(
                "AveragePool", ["image"], [cells], kernel_shape=[stride, stride], strides=[stride, stride]
            )
        )
        slope = 10.0 if stride == 16 else 0.0
        heads = {
            "score": ([slope / 3, 0.0], [0.0 if stride == 16 else -20.0, -20.0], 1),
            "box": ([0.0] * 8, list(SCRFD_BOX * 2), 4),
            "points": ([0.0] * 20, list(SCRFD_POINTS * 2), 10),
        }
        for name, (slopes, biases, width) in heads.items():
            output = f"{name}_{stride}"
            part_nodes, part_weights = _head(cells, output, slopes, biases, width, batched=batched)
            nodes.extend(part_nodes)
            weights.extend(part_weights)
            shape = ["n", None, width] if batched else [None, width]
            outputs.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, shape))
    return _network(nodes, weights, outputs, [1, 3, 640, 640])


def _head(
    cells: str, output: str, slopes: Sequence[float], biases: Sequence[float], width: int, *, batched: bool
):
    """One output of a level: a 1 x 1 convolution of the cells, flattened as the exporters do."""
    kernel = np.repeat(np.asarray(slopes, np.float32)[:, None], 3, axis=1)[:, :, None, None]
    target = [0, -1, width] if batched else [-1, width]
    weights = [
        numpy_helper.from_array(np.ascontiguousarray(kernel), f"{output}_kernel"),
        numpy_helper.from_array(np.asarray(biases, np.float32), f"{output}_bias"),
        numpy_helper.from_array(np.asarray(target, np.int64), f"{output}_shape"),
    ]
    raw = f"{output}_flat" if output.startswith("score") else output
    nodes = [
        helper.make_node("Conv", [cells, f"{output}_kernel", f"{output}_bias"], [f"{output}_map"]),
        helper.make_node("Transpose", [f"{output}_map"], [f"{output}_last"], perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", [f"{output}_last", f"{output}_shape"], [raw]),
    ]
    if raw != output:
        nodes.append(helper.make_node("Sigmoid", [raw], [output]))
    return nodes, weights


def tiny_embedder() -> bytes:
    """An embedder, exported for one face at a time, of six numbers: for each channel as the network
    sees it the mean of the crop's left half, then of its right."""
    nodes = [
        helper.make_node("AveragePool", ["image"], ["halves"], kernel_shape=[112, 56], strides=[112, 56]),
        helper.make_node("Reshape", ["halves", "flat"], ["embedding"]),
    ]
    weights = [numpy_helper.from_array(np.asarray([1, -1], np.int64), "flat")]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 6])
    return _network(nodes, weights, [output], [1, 3, 112, 112])


def _network(nodes, weights, outputs, input_shape: Sequence[int]) -> bytes:
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, input_shape)
    graph = helper.make_graph(nodes, "tiny", [image], outputs, initializer=weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    return model.SerializeToString()
