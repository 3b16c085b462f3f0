"""What a file is, and what is refused before a pixel of it is allocated."""

import io
import struct
import zlib

import pytest
from PIL import Image

from kith.engine.errors import CorruptImage, EmptyImage, ImageTooLarge, UnsupportedImage
from kith.engine.image import Format, ImageLimits, decode, probe
from tests.support.image_files import LOSSLESS, LOSSY, dng_file, image_file, quarters, tiff_file

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "HEIC": "image/heic",
    "BMP": "image/bmp",
    "JPEG2000": "image/jp2",
}


def frames_file(form: str, count: int) -> bytes:
    images = [Image.new("RGB", (16, 16), (shade * 40, 0, 0)) for shade in range(count)]
    buffer = io.BytesIO()
    images[0].save(buffer, form, save_all=True, append_images=images[1:])
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">4sIIBBBBB", b"IHDR", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I4s", 100, b"IDAT")


def jpeg_header(width: int, height: int) -> bytes:
    frame = struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes((1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1))
    return b"\xff\xd8\xff\xc0" + frame


def jp2_file(box_size: tuple[int, int], stream_size: tuple[int, int]) -> bytes:
    """A JPEG 2000 whose box promises one size and whose codestream has another."""
    data = bytearray(image_file("JPEG2000", quarters()))
    box = data.index(b"ihdr") + 4
    data[box : box + 8] = struct.pack(">II", box_size[1], box_size[0])
    stream = data.index(b"\xff\x4f\xff\x51") + 8
    data[stream : stream + 8] = struct.pack(">II", *stream_size)
    return bytes(data)


class TestProbe:
    @pytest.mark.parametrize("form", [*LOSSLESS, *LOSSY])
    def test_format_size_and_type_come_from_the_content(self, form):
        info = probe(image_file(form, quarters()))
        assert info.format == {"JPEG2000": "jp2"}.get(form, form.lower())
        assert info.media_type == MEDIA_TYPES[form]
        assert (info.width_px, info.height_px, info.orientation, info.frames) == (96, 64, 1, 1)

    def test_raw_is_told_from_tiff(self):
        info = probe(dng_file(quarters()))
        assert (info.format, info.media_type) == (Format.RAW, "image/x-adobe-dng")
        assert (info.width_px, info.height_px) == (96, 64)

    @pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
    def test_frames_are_counted(self, form):
        assert probe(frames_file(form, 3)).frames == 3

    def test_a_tiff_whose_pages_go_in_circles_has_an_end(self):
        data = bytearray(image_file("TIFF", quarters()))
        first = struct.unpack_from("<I", data, 4)[0]
        entries = struct.unpack_from("<H", data, first)[0]
        struct.pack_into("<I", data, first + 2 + 12 * entries, first)
        assert probe(bytes(data)).frames == 1


class TestSizeLimits:
    """Each file is a header without pixels: were these asked for first, it would be corrupt instead."""

    @pytest.mark.parametrize(
        "data",
        [
            png_header(30_000, 10_000),
            png_header(40_001, 1),
            jpeg_header(60_000, 60_000),
            b"GIF89a" + struct.pack("<HHBBBBHHHHBB", 65_535, 65_535, 0, 0, 0, 0x2C, 0, 0, 1, 1, 0, 8),
            b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 30_000, 30_000, 1, 24, 0, 0, 0, 0, 0, 0),
            b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xfe\x3f\0" + b"\xfe\x3f\0",
            jp2_file((50_000, 50_000), (50_000, 50_000)),
            jp2_file((96, 64), (60_000, 60_000)),
            tiff_file({256: (4, [30_000]), 257: (4, [30_000]), 258: (3, [8]), 262: (3, [1]), 273: (4, [0])}),
            tiff_file(
                {
                    256: (4, [16]),
                    257: (4, [16]),
                    258: (3, [8]),
                    262: (3, [1]),
                    322: (4, [65_520]),
                    323: (4, [65_520]),
                    324: (4, [8]),
                    325: (4, [8]),
                }
            ),
        ],
        ids=["png", "png-side", "jpeg", "gif", "bmp", "webp", "jp2", "jp2-lying", "tiff", "tiff-tile"],
    )
    def test_size_is_checked_before_pixels_are_allocated(self, data):
        with pytest.raises(ImageTooLarge) as caught:
            decode(data)
        assert caught.value.extra["max_side_px"] == 40_000
        with pytest.raises(ImageTooLarge):
            probe(data)

    def test_the_answer_names_the_size_and_the_limit(self):
        with pytest.raises(ImageTooLarge, match=r"30,000 x 10,000 px \(300\.0 megapixels\); at most 200\.0"):
            probe(png_header(30_000, 10_000))

    @pytest.mark.parametrize("form", [*LOSSLESS, *LOSSY])
    def test_the_pixel_limit_holds_for_every_format(self, form):
        data = image_file(form, quarters())
        with pytest.raises(ImageTooLarge):
            decode(data, ImageLimits(max_pixels=96 * 64 - 1))
        with pytest.raises(ImageTooLarge):
            decode(data, ImageLimits(max_side_px=95))

    def test_the_pixel_limit_holds_for_raw(self):
        with pytest.raises(ImageTooLarge):
            decode(dng_file(quarters()), ImageLimits(max_pixels=96 * 64))

    def test_a_picture_at_the_limit_is_read(self):
        limits = ImageLimits(max_pixels=96 * 64, max_side_px=96)
        assert decode(image_file("JPEG", quarters()), limits).pixels.shape == (64, 96, 3)

    def test_scans_weigh(self):
        # 2,000 scans of 16 bytes each: every one passes over the whole picture.
        data = image_file("JPEG", Image.new("RGB", (512, 512)), progressive=True)
        scan = data[data.rindex(b"\xff\xda") : -2]
        bomb = data[:-2] + scan * 2_000 + data[-2:]
        limits = ImageLimits(max_pixels=1_000_000)
        assert probe(data, limits).width_px == 512
        with pytest.raises(ImageTooLarge):
            probe(bomb, limits)

    @pytest.mark.parametrize("data", [png_header(0, 5), jpeg_header(5, 0), jp2_file((0, 0), (0, 0))])
    def test_a_picture_without_any_size_is_corrupt(self, data):
        with pytest.raises(CorruptImage):
            decode(data)


class TestOtherLimits:
    @pytest.mark.parametrize("read", [probe, decode])
    def test_no_bytes(self, read):
        with pytest.raises(EmptyImage):
            read(b"")

    @pytest.mark.parametrize("read", [probe, decode])
    def test_too_many_bytes(self, read):
        data = image_file("PNG", quarters())
        with pytest.raises(ImageTooLarge, match="bytes") as caught:
            read(data, ImageLimits(max_bytes=len(data) - 1))
        assert caught.value.extra == {"size_bytes": len(data), "max_bytes": len(data) - 1}
        assert read(data, ImageLimits(max_bytes=len(data))).width_px == 96

    @pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
    def test_too_many_frames(self, form):
        data = frames_file(form, 4)
        assert decode(data, ImageLimits(max_frames=4)).width_px == 16
        with pytest.raises(ImageTooLarge, match="frames"):
            decode(data, ImageLimits(max_frames=3))


class TestUnsupported:
    @pytest.mark.parametrize(
        ("data", "found"),
        [
            (b"%PDF-1.7\n", "PDF"),
            (b"8BPS\0\1" + bytes(20), "Photoshop"),
            (b"\0\0\1\0\1\0" + bytes(20), "icon"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video"),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video"),
            (b"\x1aE\xdf\xa3" + bytes(30), "Matroska"),
            (b"RIFF\0\0\0\0AVI LIST", "AVI"),
            (b"RIFF\0\0\0\0WAVEfmt ", "WAV"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
            (b"<?xml version='1.0'?>\n<svg/>", "SVG"),
            (b"<!DOCTYPE html><html></html>", "web page"),
            (b"P6 2 2 255\n" + bytes(12), "Netpbm"),
            (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
            (b"PK\x03\x04" + bytes(30), "ZIP"),
            (b"holiday notes, named .jpg by mistake\n", "text"),
            ("Grüße aus Köln".encode(), "text"),
            (b"BMW is a maker of cars and motorcycles", "text"),
        ],
    )
    def test_what_was_found_is_named(self, data, found):
        with pytest.raises(UnsupportedImage, match=found) as caught:
            decode(data)
        assert "jpeg" in caught.value.extra["supported"]

    @pytest.mark.parametrize("data", [b"\0", bytes(1_000), b"\x93\x01\xfe" * 50])
    def test_what_nobody_knows_is_said_so(self, data):
        with pytest.raises(UnsupportedImage, match="not in a picture format"):
            probe(data)
