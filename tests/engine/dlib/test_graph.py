import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from kith.engine.dlib.dat import DatError, Loss, Network
from kith.engine.dlib.graph import CHIP_SIDE_PX, detector_graph, embedder_graph
from kith.engine.dlib.layers import Add, Affine, Convolution, FullyConnected, Layer, Pool, Relu, Skip, Tag
from kith.engine.session import SessionOptions, open_session

MEANS = (122.782, 117.001, 104.298)
METRIC, MMOD = Loss("loss_metric_2", ()), Loss("loss_mmod_", ())


class Plain:
    """The layers by their definition, one picture (channels, rows, columns) at a time, in float64."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        flow = ((pixels - np.array(self.network.means)) / 256).transpose(2, 0, 1)
        tags: list[np.ndarray] = []
        for layer in self.network.layers:
            if isinstance(layer, Tag):
                tags.append(flow)
            elif isinstance(layer, Skip):
                flow = tags[-2]
            elif isinstance(layer, Add):
                flow = self.total(flow, tags[-1])
            else:
                flow = self.step(layer, flow)
        return flow

    @staticmethod
    def step(layer: Layer, flow: np.ndarray) -> np.ndarray:
        match layer:
            case Convolution():
                windows = Plain.windows(flow, layer.filters.shape[2:], layer.stride, layer.padding)
                return np.einsum("crkij,ocij->ork", windows, layer.filters) + layer.biases[:, None, None]
            case Affine():
                return flow * layer.gamma[:, None, None] + layer.beta[:, None, None]
            case Relu():
                return np.maximum(flow, 0)
            case Pool(window=(0, 0)):
                return flow.mean(axis=(1, 2))
            case Pool():
                windows = Plain.windows(flow, layer.window, layer.stride, layer.padding)
                return windows.max(axis=(3, 4)) if layer.kind == "max" else windows.mean(axis=(3, 4))
            case FullyConnected():
                return flow @ layer.weights
            case _:
                raise AssertionError(layer)

    @staticmethod
    def windows(flow, size, stride, padding) -> np.ndarray:
        padded = np.pad(flow, ((0, 0), (padding[0],) * 2, (padding[1],) * 2))
        return sliding_window_view(padded, size, axis=(1, 2))[:, :: stride[0], :: stride[1]]

    @staticmethod
    def total(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        result = np.zeros(np.maximum(one.shape, other.shape))
        for part in (one, other):
            result[tuple(slice(0, side) for side in part.shape)] += part
        return result


def convolution(rng, outputs: int, inputs: int, side: int, stride: int = 1, padding: int = 0) -> Convolution:
    filters = rng.normal(0, 1 / (side * inputs**0.5), (outputs, inputs, side, side))
    return Convolution(filters, rng.normal(size=outputs), (stride, stride), (padding, padding))


def affine(rng, channels: int) -> Affine:
    return Affine(rng.normal(1, 0.2, channels), rng.normal(size=channels))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def run(graph: bytes, pixels: np.ndarray) -> np.ndarray:
    return open_session(graph, SessionOptions(threads=1)).run(None, {"pixels": pixels})[0]


class TestEmbedderGraph:
    def test_residual_blocks_add_what_is_missing_as_zeros(self, rng):
        # 150 -> 14 -> a block of the same size -> one whose branch has 6 x 6 against a pool of 7 x 7
        # and more channels -> one whose branch has 3 x 3 against a pool of 2 x 2.
        layers = (
            convolution(rng, 16, 3, 20, stride=10),
            affine(rng, 16),
            Relu(),
            *(Tag(), convolution(rng, 16, 16, 3, padding=1), affine(rng, 16), Add(), Relu()),
            *(Tag(), convolution(rng, 32, 16, 3, stride=2), affine(rng, 32), Relu()),
            *(convolution(rng, 32, 32, 3, padding=1), Tag(), Skip(), Pool("avg", (2, 2), (2, 2), (0, 0))),
            *(Add(), Relu(), Tag(), convolution(rng, 32, 32, 3, stride=2), Tag(), Skip()),
            *(Pool("max", (4, 4), (2, 2), (0, 0)), Add(), Relu()),
            Pool("avg", (0, 0), (1, 1), (0, 0)),
            FullyConnected(rng.normal(size=(32, 8))),
        )
        network = Network(MEANS, layers, METRIC)
        pixels = rng.integers(0, 256, (3, CHIP_SIDE_PX, CHIP_SIDE_PX, 3), dtype=np.uint8)
        expected = np.stack([Plain(network)(one) for one in pixels])
        assert np.allclose(run(embedder_graph(network), pixels), expected, atol=1e-4)

    def test_another_kind_of_network_is_refused(self, rng):
        with pytest.raises(DatError, match="loss_mmod_ where one with loss_metric_2"):
            embedder_graph(Network(MEANS, (convolution(rng, 4, 3, 5),), MMOD))

    @pytest.mark.parametrize("layers", [(Add(),), (Tag(), Skip())])
    def test_going_back_to_a_tag_that_is_not_there_is_refused(self, rng, layers):
        with pytest.raises(DatError, match="tag"):
            embedder_graph(Network(MEANS, (convolution(rng, 4, 3, 5), *layers), METRIC))

    def test_an_affine_layer_without_convolution_is_refused(self, rng):
        layers = (convolution(rng, 4, 3, 5), Relu(), affine(rng, 4))
        with pytest.raises(DatError, match="affine"):
            embedder_graph(Network(MEANS, layers, METRIC))

    def test_means_behind_a_padded_convolution_are_refused(self, rng):
        with pytest.raises(DatError, match="padding"):
            embedder_graph(Network(MEANS, (convolution(rng, 4, 3, 5, padding=2),), METRIC))


class TestDetectorGraph:
    @pytest.mark.parametrize("shape", [(40, 40), (41, 77), (120, 64)])
    def test_scores_are_those_of_the_layers_for_any_size(self, rng, shape):
        layers = (
            *(convolution(rng, 16, 3, 5, stride=2), affine(rng, 16), Relu()),
            *(convolution(rng, 5, 16, 5, padding=2), affine(rng, 5), Relu()),
            convolution(rng, 1, 5, 9, padding=4),
        )
        network = Network(MEANS, layers, MMOD)
        pixels = rng.uniform(0, 255, (2, *shape, 3)).astype(np.float32)
        expected = np.stack([Plain(network)(one) for one in pixels])
        found = run(detector_graph(network), pixels)
        assert found.shape == expected.shape
        assert np.allclose(found, expected, atol=1e-4)

    def test_the_background_is_nothing_to_the_first_layer(self, rng):
        first = convolution(rng, 16, 3, 5, stride=2)
        network = Network(MEANS, (first, convolution(rng, 1, 16, 1)), MMOD)
        pixels = np.broadcast_to(np.array(MEANS, dtype=np.float32), (1, 20, 20, 3))
        last = network.layers[1]
        assert isinstance(last, Convolution)
        expected = last.filters[0, :, 0, 0] @ first.biases + last.biases[0]
        assert np.allclose(run(detector_graph(network), np.ascontiguousarray(pixels)), expected, atol=1e-4)
