"""Small picture files of every format Kith reads, made from a seed rather than from photos of people."""

import io
import struct

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

# What is stored when a camera says "turn me by this orientation" to show `pixels`.
_STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}

LOSSLESS: dict[str, dict[str, object]] = {
    "PNG": {},
    "WEBP": {"lossless": True},
    "TIFF": {"compression": "tiff_lzw"},
    "BMP": {},
    "JPEG2000": {},
    "GIF": {},
}
LOSSY: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "AVIF": {"quality": 95},
    "HEIC": {"quality": 95, "chroma": 444},
}


def quarters(width: int = 96, height: int = 64) -> Pixels:
    """Red, green, blue and yellow quarters: no turn or flip of it is the same picture."""
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[: height // 2, : width // 2] = (200, 30, 30)
    pixels[: height // 2, width // 2 :] = (30, 180, 30)
    pixels[height // 2 :, : width // 2] = (30, 30, 200)
    pixels[height // 2 :, width // 2 :] = (220, 220, 40)
    return pixels


def scenery(width: int = 96, height: int = 64, seed: int = 0) -> Pixels:
    """A smooth picture with detail of several sizes, as a photo has."""
    rng = np.random.default_rng(seed)
    layers = []
    for cells in (3, 9, 27):
        small = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        layers.append(np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32))
    return np.asarray(layers[0] * 0.6 + layers[1] * 0.25 + layers[2] * 0.15).astype(np.uint8)


def image_file(form: str, pixels: Pixels | Image.Image, orientation: int = 1, **options: object) -> bytes:
    """A file of one of the formats above that shows `pixels` once its orientation is applied."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    method = _STORED[orientation]
    stored = image if method is None else image.transpose(method)
    buffer = io.BytesIO()
    chosen = {**LOSSLESS, **LOSSY}[form] | options
    if orientation != 1 and form == "TIFF":
        chosen["tiffinfo"] = {274: orientation}
    elif orientation != 1:
        exif = Image.Exif()
        exif[274] = orientation
        chosen["exif"] = exif.tobytes()
    if form == "HEIC":
        # pillow-heif turns the EXIF value into the transformations of the container.
        pillow_heif.from_pillow(stored).save(buffer, **chosen)
    else:
        stored.save(buffer, form, **chosen)
    return buffer.getvalue()


def tiff_file(entries: dict[int, tuple[int, list[int] | bytes]], tail: bytes = b"") -> bytes:
    """A little-endian TIFF of one directory: {tag: (type, values)}; an offset to `tail` is tag 273's."""
    codes = {1: "B", 3: "H", 4: "I", 5: "I", 10: "i"}
    blocks = b""
    start = 8 + 2 + 12 * len(entries) + 4
    packed: dict[int, tuple[int, int, bytes]] = {}
    for tag, (kind, values) in entries.items():
        raw = values if isinstance(values, bytes) else struct.pack(f"<{len(values)}{codes[kind]}", *values)
        count = len(values) // 2 if kind in {5, 10} else len(values)
        packed[tag] = (kind, count, raw)
    total = start + sum(len(raw) + len(raw) % 2 for _, _, raw in packed.values() if len(raw) > 4)
    directory = struct.pack("<H", len(entries))
    for tag in sorted(packed):
        kind, count, raw = packed[tag]
        if tag == 273:
            raw = struct.pack("<I", total)
        if len(raw) > 4:
            value = struct.pack("<I", start + len(blocks))
            blocks += raw + b"\0" * (len(raw) % 2)
        else:
            value = raw.ljust(4, b"\0")
        directory += struct.pack("<HHI", tag, kind, count) + value
    return struct.pack("<2sHI", b"II", 42, 8) + directory + b"\0\0\0\0" + blocks + tail


def dng_file(pixels: Pixels, orientation: int = 1) -> bytes:
    """An uncompressed 16-bit RGGB RAW of a sensor that saw `pixels`, linear in their light."""
    light = (pixels.astype(np.float32) / 255) ** 2.2 * 60_000 + 1_000
    sensor = np.empty(pixels.shape[:2], dtype="<u2")
    sensor[::2, ::2] = light[::2, ::2, 0]
    sensor[::2, 1::2] = light[::2, 1::2, 1]
    sensor[1::2, ::2] = light[1::2, ::2, 1]
    sensor[1::2, 1::2] = light[1::2, 1::2, 2]
    height, width = sensor.shape
    data = sensor.tobytes()
    matrix = (3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570)
    return tiff_file(
        {
            254: (4, [0]),
            256: (4, [width]),
            257: (4, [height]),
            258: (3, [16]),
            259: (3, [1]),
            262: (3, [32803]),
            271: (2, b"Kith\0"),
            272: (2, b"Test sensor\0"),
            273: (4, [0]),
            274: (3, [orientation]),
            277: (3, [1]),
            278: (4, [height]),
            279: (4, [len(data)]),
            33421: (3, [2, 2]),
            33422: (1, [0, 1, 1, 2]),
            50706: (1, [1, 4, 0, 0]),
            50714: (4, [1_000]),
            50717: (4, [61_000]),
            50721: (10, [number for value in matrix for number in (round(value * 10_000), 10_000)]),
            50728: (5, [1, 1, 1, 1, 1, 1]),
            50778: (3, [21]),
        },
        data,
    )


def lossless_jpeg_file(width: int, height: int) -> bytes:
    """A lossless JPEG (ITU-T T.81 Annex H), mid-grey all over: every difference is the one-bit code 0."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + bytes((1, 0x11, 0))
    table = bytes((0, 1, *[0] * 15, 0))
    scan = bytes((1, 1, 0, 1, 0, 0))
    segments = b"".join(
        b"\xff" + bytes((marker,)) + struct.pack(">H", len(body) + 2) + body
        for marker, body in ((0xC3, frame), (0xC4, table), (0xDA, scan))
    )
    return b"\xff\xd8" + segments + bytes(-(-width * height // 8)) + b"\xff\xd9"
