"""Milliseconds to decode a picture: Kith beside Pillow and OpenCV, full and scaled.

    python bench/decode.py [FOLDER]

FOLDER adds a row for the JPEG files in it (250 px portraits, say); the other pictures are made here.
"""

import io
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
from PIL import Image

from kith.engine.image import decode

SCALED_PX = 1_600
SECONDS = 1.5
SIZE = (4_032, 3_024)


def photo_like(width: int, height: int) -> Image.Image:
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=np.int16)
    noisy = smooth + rng.normal(0, 5, (height, width, 1)).astype(np.int16)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    if form == "HEIC":
        pillow_heif.from_pillow(image).save(buffer, **options)
    else:
        image.save(buffer, form, **options)
    return buffer.getvalue()


def pillow(data: bytes) -> None:
    np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def opencv(data: bytes) -> None:
    cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)


def milliseconds(work: Callable[[bytes], object], files: Sequence[bytes]) -> float:
    """The best of several passes, per file: what the machine can do when others leave it alone."""
    best, end = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        for data in files:
            work(data)
        best = min(best, (time.perf_counter() - start) / len(files) * 1_000)
    return best


def main(folder: Path | None) -> None:
    small, large = photo_like(250, 250), photo_like(*SIZE)
    rows: dict[str, Sequence[bytes]] = {
        "JPEG 250 px": [encoded(small, "JPEG", quality=90)],
        "JPEG 12 MP": [encoded(large, "JPEG", quality=90)],
        "JPEG 12 MP progressive": [encoded(large, "JPEG", quality=90, progressive=True)],
        "PNG 12 MP": [encoded(large, "PNG", compress_level=1)],
        "WebP 12 MP": [encoded(large, "WEBP", quality=80, method=0)],
        "AVIF 12 MP": [encoded(large, "AVIF", quality=70, speed=10)],
        "HEIC 12 MP": [encoded(large, "HEIC", quality=60, enc_params={"preset": "ultrafast"})],
    }
    if folder:
        rows = {str(folder): [path.read_bytes() for path in sorted(folder.rglob("*.jpg"))[:200]]} | rows
    print(f"{'ms per picture':32}{'kith':>9}{f'kith {SCALED_PX} px':>14}{'pillow':>9}{'opencv':>9}")
    for name, files in rows.items():
        cells = [
            milliseconds(decode, files),
            milliseconds(lambda data: decode(data, max_side_px=SCALED_PX), files),
            *((float("nan"),) * 2 if "HEIC" in name else (milliseconds(w, files) for w in (pillow, opencv))),
        ]
        print(f"{name[-31:]:32}{cells[0]:9.2f}{cells[1]:14.2f}{cells[2]:9.2f}{cells[3]:9.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
