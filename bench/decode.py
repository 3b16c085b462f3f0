"""Decoding a picture: Kith beside Pillow and OpenCV, full and scaled, and what is derived of it.

    python bench/decode.py [FOLDER] [--json]

FOLDER adds a row for the JPEG files in it (250 px portraits, say); the other pictures are made here. `pillow
times` and `opencv times` are how many times as long they take as Kith, all at full size; then milliseconds a
picture, the best of several passes: `scaled` at most 1600 px a side, `derive` thumbnail and hash of
that; and the memory that decoding held beyond what was held before.
"""

import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
from PIL import Image

from bench.measure import best
from bench.report import Row, parser_for, show
from kith.engine.image import decode, derive

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


def row(name: str, files: Sequence[bytes]) -> Row:
    kith = milliseconds(decode, files)
    peers = {"pillow": pillow, "opencv": opencv} if "HEIC" not in name else {}
    theirs = {peer: milliseconds(work, files) for peer, work in peers.items()}
    scaled = [decode(data, max_side_px=SCALED_PX) for data in files]
    memory, _ = best(lambda: decode(files[0]), passes=1)
    return {
        "picture": name[-31:],
        **{f"{peer} times": theirs[peer] / kith if peer in theirs else "" for peer in ("pillow", "opencv")},
        "kith ms": kith,
        "scaled ms": milliseconds(lambda data: decode(data, max_side_px=SCALED_PX), files),
        "derive ms": best(lambda: [derive(image) for image in scaled], passes=2)[0].ms / len(files),
        **{f"{peer} ms": theirs.get(peer, "") for peer in ("pillow", "opencv")},
        "memory MB": memory.memory_mb,
    }


def pictures(folder: Path | None) -> dict[str, Sequence[bytes]]:
    small, large = photo_like(250, 250), photo_like(*SIZE)
    made: dict[str, Sequence[bytes]] = {
        "JPEG 250 px": [encoded(small, "JPEG", quality=90)],
        "JPEG 12 MP": [encoded(large, "JPEG", quality=90)],
        "JPEG 12 MP progressive": [encoded(large, "JPEG", quality=90, progressive=True)],
        "PNG 12 MP": [encoded(large, "PNG", compress_level=1)],
        "WebP 12 MP": [encoded(large, "WEBP", quality=80, method=0)],
        "AVIF 12 MP": [encoded(large, "AVIF", quality=70, speed=10)],
        "HEIC 12 MP": [encoded(large, "HEIC", quality=60, enc_params={"preset": "ultrafast"})],
    }
    if folder is None:
        return made
    return {str(folder): [path.read_bytes() for path in sorted(folder.rglob("*.jpg"))[:200]]} | made


def main() -> None:
    parser = parser_for(__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    options = parser.parse_args()
    rows = [row(name, files) for name, files in pictures(options.folder).items()]
    show({"Decoding": rows}, as_json=options.json)


if __name__ == "__main__":
    main()
