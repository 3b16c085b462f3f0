import math
import struct

import numpy as np
import pytest

from kith.engine.dlib.dat import DatError, DatReader, read_network, whole_numbers
from kith.engine.dlib.layers import Add, Affine, Convolution, FullyConnected, Pool, Relu, Skip, Tag
from tests.engine.dlib import encoding as dlib_bytes
from tests.engine.dlib import reference

NUMBERS = [0, 1, -1, 127, 128, 255, 256, -256, 65_535, 2**24, -(2**31), 2**40]


class TestDatReader:
    @pytest.mark.parametrize("number", NUMBERS)
    def test_whole_numbers_come_back(self, number):
        reader = DatReader(dlib_bytes.whole(number))
        assert reader.whole() == number
        reader.finish()

    def test_zero_is_one_byte_of_nothing(self):
        assert DatReader(b"\x01\x00").whole() == 0

    @pytest.mark.parametrize("data", [b"", b"\x02\x01", b"\x00", b"\x09" + bytes(9), b"\x41\x01"])
    def test_what_is_no_whole_number_is_refused(self, data):
        with pytest.raises(DatError):
            DatReader(data).whole()

    @pytest.mark.parametrize("number", [0.0, 1.0, -0.5, 0.1, 1e-30, 3.4e38, math.inf, -math.inf])
    def test_real_numbers_come_back(self, number):
        assert DatReader(dlib_bytes.real(number)).real() == number

    def test_not_a_number_comes_back(self):
        assert math.isnan(DatReader(dlib_bytes.real(math.nan)).real())

    def test_an_exponent_beyond_all_numbers_is_refused(self):
        with pytest.raises(DatError, match="exponent"):
            DatReader(dlib_bytes.whole(1) + dlib_bytes.whole(20_000)).real()

    def test_truth_values_are_characters(self):
        reader = DatReader(b"10x")
        assert reader.truth() is True
        assert reader.truth() is False
        with pytest.raises(DatError, match="truth"):
            reader.truth()

    def test_a_tensor_larger_than_the_file_is_refused_before_it_is_made(self):
        huge = dlib_bytes.whole(2) + b"".join(map(dlib_bytes.whole, (10**6, 10**6, 10**6, 1)))
        with pytest.raises(DatError, match="ends"):
            DatReader(huge).tensor()

    def test_a_negative_dimension_is_refused(self):
        with pytest.raises(DatError, match="negative"):
            DatReader(dlib_bytes.whole(2) + b"".join(map(dlib_bytes.whole, (1, -1, 1, 1)))).tensor()

    def test_bytes_left_over_are_noticed(self):
        with pytest.raises(DatError, match="3 bytes are left over"):
            DatReader(b"abc").finish()


class TestReadNetwork:
    def test_the_embedder_is_read_to_the_last_byte(self):
        network = read_network(reference.dat(reference.EMBEDDER).read_bytes())
        kinds = [type(layer) for layer in network.layers]
        assert network.loss.name == "loss_metric_2"
        assert kinds.count(Convolution) == kinds.count(Affine) == 29
        assert kinds.count(Add) == 14
        assert kinds.count(Skip) == 4
        assert kinds.count(Tag) == 14 + 4
        assert isinstance(network.layers[-1], FullyConnected)
        assert network.layers[-1].weights.shape == (256, 128)

    def test_the_detector_is_read_to_the_last_byte(self):
        network = read_network(reference.dat(reference.DETECTOR).read_bytes())
        convolutions = [layer for layer in network.layers if isinstance(layer, Convolution)]
        assert network.loss.name == "loss_mmod_"
        assert [len(layer.filters) for layer in convolutions] == [16, 32, 32, 45, 45, 45, 1]
        assert [layer.stride[0] for layer in convolutions] == [2, 2, 2, 1, 1, 1, 1]

    @pytest.mark.parametrize("kept", [0.0, 0.0001, 0.01, 0.3, 0.7, 0.999999])
    def test_a_file_cut_short_is_refused(self, kept):
        data = reference.dat(reference.DETECTOR).read_bytes()
        with pytest.raises(DatError):
            read_network(data[: int(len(data) * kept)])

    def test_bytes_at_the_end_are_refused(self):
        with pytest.raises(DatError, match="left over"):
            read_network(reference.dat(reference.DETECTOR).read_bytes() + b"\0")

    @pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + bytes(99), bytes(1000), b"\x01\x01" * 500])
    def test_other_files_are_refused(self, data):
        with pytest.raises(DatError):
            read_network(data)

    def test_a_shape_predictor_is_no_network(self):
        with pytest.raises(DatError):
            read_network(reference.dat(reference.LANDMARKS).read_bytes())

    def test_every_flipped_byte_of_the_structure_is_refused_or_read_whole(self):
        data = bytearray(reference.dat(reference.DETECTOR).read_bytes())
        refused = 0
        for position in range(160):
            flipped = bytes(data[:position] + bytes((data[position] ^ 0x55,)) + data[position + 1 :])
            try:
                read_network(flipped)
            except DatError:
                refused += 1
        assert refused > 100

    def test_newer_layer_versions_are_understood(self):
        filters = np.arange(12, dtype=np.float32).reshape(2, 3, 1, 2)
        network = read_network(
            dlib_bytes.network(
                dlib_bytes.metric_loss(),
                [
                    dlib_bytes.convolution(
                        "con_6", filters, biases=(0.5, -1.0), stride=(2, 1), padding=(0, 3)
                    ),
                    dlib_bytes.affine("affine_2", gamma=(2.0, 3.0), beta=(1.0, 0.0)),
                    dlib_bytes.relu("relu_2"),
                    dlib_bytes.MARK,
                    dlib_bytes.pool("avg_pool_2", (2, 2, 1, 1, 0, 0)),
                    dlib_bytes.ADD,
                    dlib_bytes.fully_connected("fc_3", np.eye(2, dtype=np.float32)),
                ],
                dlib_bytes.pyramid_input((1.0, 2.0, 3.0)),
            )
        )
        first, affine, relu, tag, pool, add, last = network.layers
        assert network.means == (1.0, 2.0, 3.0)
        assert isinstance(first, Convolution)
        assert np.array_equal(first.filters, filters)
        assert first.biases.tolist() == [0.5, -1.0]
        assert (first.stride, first.padding) == ((2, 1), (0, 3))
        assert isinstance(affine, Affine)
        assert (affine.gamma.tolist(), affine.beta.tolist()) == ([2.0, 3.0], [1.0, 0.0])
        assert (relu, tag, pool, add) == (Relu(), Tag(), Pool("avg", (2, 2), (1, 1), (0, 0)), Add())
        assert isinstance(last, FullyConnected)

    def test_batch_normalisation_becomes_affine(self):
        layers = [
            dlib_bytes.convolution("con_4", np.ones((1, 3, 1, 1), np.float32), biases=(0.0,)),
            dlib_bytes.batch_norm(gamma=3.0, beta=1.0, mean=5.0, variance=3.5, epsilon=0.5),
        ]
        network = read_network(dlib_bytes.network(dlib_bytes.metric_loss(), layers, dlib_bytes.sized_input()))
        affine = network.layers[1]
        assert isinstance(affine, Affine)
        assert affine.gamma == pytest.approx(3 / 2)
        assert affine.beta == pytest.approx(1 - 3 / 2 * 5)

    def test_a_layer_nobody_knows_is_named(self):
        layers = [dlib_bytes.relu("sig_")]
        with pytest.raises(DatError, match="'sig_' is not known"):
            read_network(dlib_bytes.network(dlib_bytes.metric_loss(), layers, dlib_bytes.sized_input()))


class TestWholeNumbers:
    def test_all_numbers_come_back_at_once(self):
        small = [number for number in NUMBERS if abs(number) <= 2**31]
        assert whole_numbers(b"".join(map(dlib_bytes.whole, small))).tolist() == small

    @pytest.mark.parametrize("data", [b"\x02\x01", b"\x00", b"\x01\x01\x05" + bytes(5), b"\x71\x01"])
    def test_other_bytes_are_refused(self, data):
        with pytest.raises(DatError):
            whole_numbers(data)

    def test_nothing_is_no_number(self):
        assert whole_numbers(b"").tolist() == []


def test_tensors_are_little_endian():
    data = dlib_bytes.whole(2) + b"".join(map(dlib_bytes.whole, (1, 1, 1, 2))) + struct.pack("<2f", 1.5, -2.0)
    assert DatReader(data).tensor().tolist() == [1.5, -2.0]
