import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from kith.engine.errors import EngineNotReady
from kith.engine.graph import PIXELS, PixelFormat, accept_pixels
from kith.engine.session import SessionOptions, open_session
from tests.support.networks import tiny_embedder

SOME = np.random.default_rng(0).integers(0, 256, (3, 112, 112, 3), dtype=np.uint8)


def run(network: bytes, pixels: np.ndarray) -> np.ndarray:
    return open_session(network, SessionOptions(threads=1)).run(None, {PIXELS: pixels})[0]


def halves(pixels: np.ndarray) -> np.ndarray:
    """What the tiny embedder answers: means of the halves, channel by channel."""
    sides = pixels.astype(np.float64).reshape(-1, 112, 2, 56, 3).mean(axis=(1, 3))
    return sides.transpose(0, 2, 1).reshape(-1, 6)


class TestAcceptPixels:
    def test_takes_a_batch_where_the_network_took_one_image(self):
        assert np.allclose(run(accept_pixels(tiny_embedder(), PixelFormat()), SOME), halves(SOME), atol=1e-3)

    def test_scales_each_channel(self):
        pixel_format = PixelFormat((10.0, 20.0, 30.0), (2.0, 4.0, 8.0))
        expected = halves((SOME - np.asarray((10.0, 20.0, 30.0))) / (2.0, 4.0, 8.0))
        assert np.allclose(run(accept_pixels(tiny_embedder(), pixel_format), SOME), expected, atol=1e-3)

    def test_turns_channels_round_and_the_scaling_with_them(self):
        pixel_format = PixelFormat((10.0, 20.0, 30.0), (2.0, 4.0, 8.0), bgr=True)
        expected = halves(((SOME - np.asarray((10.0, 20.0, 30.0))) / (2.0, 4.0, 8.0))[..., ::-1])
        assert np.allclose(run(accept_pixels(tiny_embedder(), pixel_format), SOME), expected, atol=1e-3)

    def test_leaves_reshaped_weights_alone(self):
        """Slopes that a graph reshapes to (1, 3, 1, 1) begin with a one that is no batch."""
        nodes = [
            helper.make_node("Reshape", ["slopes", "wide"], ["wide_slopes"]),
            helper.make_node("Mul", ["image", "wide_slopes"], ["scaled"]),
            helper.make_node("ReduceMean", ["scaled"], ["answer"], axes=[2, 3], keepdims=0),
        ]
        weights = [
            numpy_helper.from_array(np.asarray((1, 2, 3), np.float32), "slopes"),
            numpy_helper.from_array(np.asarray((1, 3, 1, 1), np.int64), "wide"),
        ]
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 8, 8])
        answer = helper.make_tensor_value_info("answer", TensorProto.FLOAT, [1, 3])
        graph = helper.make_graph(nodes, "slopes", [image], [answer], initializer=weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        network = accept_pixels(model.SerializeToString(), PixelFormat())
        assert run(network, np.full((2, 5, 9, 3), 10, np.uint8)).tolist() == [[10, 20, 30]] * 2

    def test_sees_through_weights_listed_among_the_inputs(self):
        model = onnx.load_model_from_string(tiny_embedder())
        model.graph.input.append(helper.make_tensor_value_info("flat", TensorProto.INT64, [2]))
        answer = run(accept_pixels(model.SerializeToString(), PixelFormat()), SOME)
        assert np.allclose(answer, halves(SOME), atol=1e-3)


class TestWhatIsRefused:
    @pytest.mark.parametrize("junk", [b"", b"not a network", bytes(1000), b"\x08\x07" * 20])
    def test_bytes_that_are_no_network(self, junk):
        with pytest.raises(EngineNotReady, match="not an ONNX network"):
            accept_pixels(junk, PixelFormat())

    def test_weights_in_another_file(self):
        model = onnx.load_model_from_string(tiny_embedder())
        model.graph.initializer[0].data_location = TensorProto.EXTERNAL
        entry = model.graph.initializer[0].external_data.add()
        entry.key, entry.value = "location", "/etc/passwd"
        with pytest.raises(EngineNotReady, match="outside its file"):
            accept_pixels(model.SerializeToString(), PixelFormat())

    def test_a_network_that_takes_no_image(self):
        model = onnx.load_model_from_string(tiny_embedder())
        model.graph.input.append(helper.make_tensor_value_info("other", TensorProto.FLOAT, [1, 3, 8, 8]))
        with pytest.raises(EngineNotReady, match="one image"):
            accept_pixels(model.SerializeToString(), PixelFormat())
