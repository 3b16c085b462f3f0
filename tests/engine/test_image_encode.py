"""Thumbnails: pixels to bytes and back."""

import numpy as np
import pytest

from kith.engine.image import decode, encode_jpeg, encode_webp, probe
from tests.support.image_files import scenery


@pytest.mark.parametrize(("encode", "form"), [(encode_jpeg, "jpeg"), (encode_webp, "webp")])
class TestEncode:
    def test_comes_back_nearly(self, encode, form):
        data = encode(scenery(), 90)
        assert probe(data).format == form
        assert np.abs(decode(data).pixels.astype(int) - scenery()).mean() < 4

    def test_less_quality_is_less_bytes(self, encode, form):
        sizes = [len(encode(scenery(300, 200), quality)) for quality in (10, 50, 95)]
        assert sizes == sorted(sizes)
        assert sizes[0] < sizes[2] / 3

    def test_a_crop_that_is_a_view_of_a_picture(self, encode, form):
        crop = scenery(300, 200)[20:120, 50:150]
        assert not crop.flags.c_contiguous
        assert np.abs(decode(encode(crop, 95)).pixels.astype(int) - crop).mean() < 4

    @pytest.mark.parametrize("quality", [0, 101])
    def test_quality_out_of_range(self, encode, form, quality):
        with pytest.raises(ValueError, match="quality"):
            encode(scenery(), quality)
