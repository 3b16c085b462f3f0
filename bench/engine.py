"""Speed of the face engine beside dlib, and what the settings of the dlib pack's detector buy.

    python bench/engine.py [--photos N] [--json]

The first table has the same networks in Kith and in dlib-bin: embedding many chips, and finding faces from
80 px in a picture of 1280 x 960 px, which is not enlarged. `times` is how many times as fast by the clock,
`times cpu` by processor time. The second has whole ways to find and embed faces, all on the same photos:
Kith's packs, dlib-bin with its CNN detector, and face_recognition (see peers.py); both dlibs enlarge twice.
Kith uses all cores, dlib-bin one: it is built without BLAS. The third runs the dlib pack's detector with
other settings over annotated group photos; faces count as found at an overlap (IoU) of 0.3. `memory MB` is
what was held beyond what was held before.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import dlib
import numpy as np
from PIL import Image

from bench.measure import Best, best
from bench.peers import Dlib
from bench.report import Row, parser_for, show
from kith.engine import boxes as geometry
from kith.engine.base import Detector, Embedder
from kith.engine.dlib import DetectorConfig, DlibDetector, convert, open_dlib
from kith.engine.faces import Detections, Pixels
from kith.engine.image import decode
from kith.engine.packs import PackStore
from kith.engine.pipeline import Engine
from kith.engine.session import SessionOptions

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


CHIPS = 64
FROM_80_PX = {
    "every scale, as dlib": DetectorConfig(enlargement=1.0, level_step=1),
    "every scale, dlib's own tiling": DetectorConfig(enlargement=1.0, level_step=1, exact=True),
    "every other scale": DetectorConfig(enlargement=1.0),
}


@dataclass(frozen=True, slots=True)
class Speed:
    """One way to find and embed faces, and how many it found."""

    way: str
    photos: int
    faces: int
    decode: Best
    detect: Best
    embed: Best

    def row(self, kith: "Speed") -> Row:
        """Its times as multiples of Kith's, then the milliseconds a photo."""
        stages = {"decode": self.decode, "detect": self.detect, "embed": self.embed}
        ours = {"decode": kith.decode.ms, "detect": kith.detect.ms, "embed": kith.embed.ms / kith.faces}
        mine = {"decode": self.decode.ms, "detect": self.detect.ms, "embed": self.embed.ms / self.faces}
        return {
            "way": self.way,
            "times": sum(it.ms for it in stages.values()) / (kith.decode.ms + kith.detect.ms + kith.embed.ms),
            **{f"{name} times": mine[name] / ours[name] for name in stages},
            "faces": self.faces,
            **{f"{name} ms": it.ms / self.photos for name, it in stages.items()},
            "embed ms a face": mine["embed"],
            "memory MB": max(it.memory_mb for it in stages.values()),
        }


@dataclass(frozen=True, slots=True)
class Annotated:
    """A group photo and its labelled faces (n, 4) xyxy."""

    pixels: Pixels
    truth: np.ndarray


def main() -> None:
    parser = parser_for(__doc__)
    parser.add_argument("--photos", type=int, default=20, help="photos of either kind (default 20)")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the shared test data")
    options = parser.parse_args()
    data = options.shared / "data"
    if not data.is_dir():
        raise SystemExit(f"needs the shared test data (looked in {data}; see --shared)")
    with TemporaryDirectory() as folder:
        conversion, _ = best(lambda: convert(Path(folder) / "dlib", lambda _: None), passes=1)
        portraits = sample(data / "identities", options.photos)
        groups = annotated(data / "groups", options.photos)
        detector, embedder = open_dlib(Path(folder) / "dlib", SessionOptions())
        tables = {
            "The same networks, Kith beside dlib-bin": networks(
                detector, embedder, portraits, groups[0].pixels
            ),
            f"{len(portraits)} photos of 250 x 250 px": measure_speeds(
                Path(folder), options.shared, portraits
            ),
            "dlib's detector at other settings, group photos": settings(detector, groups, portraits[0]),
            "Once": [{"what": "convert dlib's networks", "seconds": conversion.seconds}],
        }
    show(tables, as_json=options.json)


def networks(
    detector: DlibDetector, embedder: Embedder, portraits: Sequence[Path], group: Pixels
) -> list[Row]:
    peer = Dlib()
    images = [decode(path.read_bytes()).pixels for path in portraits]
    chips = chips_of(embedder, images, detector.detect(images))
    theirs, _ = best(lambda: [peer.describe(chip) for chip in chips[:8]], passes=2)
    ours, _ = best(lambda: embedder.embed(chips))
    rows = [against("embed", "in batches", ours, theirs, len(chips), 8)]
    large = cv2.resize(group, (1280, 960), interpolation=cv2.INTER_CUBIC)
    theirs, _ = best(lambda: peer.cnn(large, 0), passes=2)
    for setting, config in FROM_80_PX.items():
        other = detector.with_config(config)
        ours, _ = best(lambda other=other: other.detect([large]))
        rows.append(against("detect 1280 x 960", setting, ours, theirs))
    return rows


def chips_of(embedder: Embedder, images: Sequence[Pixels], found: Sequence[Detections]) -> np.ndarray:
    """`CHIPS` aligned faces, some of them again where there are fewer."""
    crops = [embedder.align(pixels, faces.landmarks) for pixels, faces in zip(images, found, strict=True)]
    return np.resize(np.concatenate(crops), (CHIPS, *crops[0].shape[1:]))


def against(what: str, how: str, ours: Best, theirs: Best, our_count: int = 1, their_count: int = 1) -> Row:
    return {
        "what": what,
        "how": how,
        "times": theirs.seconds / their_count / (ours.seconds / our_count),
        "times cpu": theirs.cpu_s / their_count / (ours.cpu_s / our_count),
        "kith ms": ours.ms / our_count,
        "dlib-bin ms": theirs.ms / their_count,
        "kith memory MB": ours.memory_mb,
        "dlib-bin memory MB": theirs.memory_mb,
    }


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


def measure_speeds(folder: Path, shared: Path, paths: Sequence[Path]) -> list[Row]:
    store = PackStore(folder)
    if (shared / "models").is_dir():
        store.install(str(shared / "models"))
    speeds: list[Speed] = []
    for pack in ("dlib", "mobile"):
        if pack in {installed.id for installed in store.installed()}:
            engine = store.open(pack)
            assert isinstance(engine, Engine)
            speeds.append(measure_kith(f"kith {pack}", engine.detector, engine.embedder, paths))
    peer = Dlib()
    for way, detect in {"dlib-bin cnn": peer.cnn, "face_recognition": peer.hog}.items():
        speeds.append(measure_dlib(way, peer, detect, paths))
    return [it.row(speeds[0]) for it in speeds]


def measure_kith(way: str, detector: Detector, embedder: Embedder, paths: Sequence[Path]) -> Speed:
    decoding, images = best(lambda: [decode(path.read_bytes()).pixels for path in paths])
    detection, found = best(lambda: detector.detect(images))
    embedding, embeddings = best(lambda: embed(embedder, images, found))
    return Speed(way, len(paths), len(embeddings), decoding, detection, embedding)


def embed(embedder: Embedder, images: Sequence[Pixels], found: Sequence[Detections]) -> np.ndarray:
    crops = [embedder.align(pixels, faces.landmarks) for pixels, faces in zip(images, found, strict=True)]
    return embedder.embed(np.concatenate(crops))


def measure_dlib(
    way: str, peer: Dlib, detect: Callable[[Pixels], list[dlib.rectangle]], paths: Sequence[Path]
) -> Speed:
    decoding, images = best(lambda: [peer.load(path) for path in paths])
    detection, shapes = best(lambda: [peer.shapes(pixels, detect(pixels)) for pixels in images], passes=1)
    embedding, embeddings = best(
        lambda: [
            one for pixels, faces in zip(images, shapes, strict=True) for one in peer.encode(pixels, faces)
        ],
        passes=1,
    )
    return Speed(way, len(paths), len(embeddings), decoding, detection, embedding)


def settings(detector: DlibDetector, photos: Sequence[Annotated], portrait: Path) -> list[Row]:
    """What each setting of the detector finds, and its milliseconds for a photo of two sizes."""
    small = decode(portrait.read_bytes()).pixels
    large = cv2.resize(photos[0].pixels, (1280, 960), interpolation=cv2.INTER_CUBIC)
    rows: list[Row] = []
    for setting, config in SETTINGS.items():
        other = detector.with_config(config)
        found = recall(other, photos)
        rows.append(
            {"setting": setting, **found, "250 px ms": detect_ms(other, small),
             "1280 px ms": detect_ms(other, large)}
        )  # fmt: skip
    return rows


def detect_ms(detector: Detector, pixels: Pixels) -> float:
    return best(lambda: detector.detect([pixels]))[0].ms


def recall(detector: Detector, photos: Sequence[Annotated]) -> Mapping[str, float]:
    """The share of labelled faces found from 40 px and from 25 to 40 px, and boxes around no face."""
    sizes, hits, false_positives = [], [], 0
    for photo in photos:
        (faces,) = detector.detect([photo.pixels])
        overlaps = geometry.iou(photo.truth, faces.xyxy) >= 0.3
        sizes.append(np.sqrt(geometry.area(photo.truth)))
        hits.append(overlaps.any(axis=1))
        false_positives += int((~overlaps.any(axis=0)).sum())
    size, hit = np.concatenate(sizes), np.concatenate(hits)
    bands = {"found from 40 px": size >= 40, "from 25 to 40 px": (size >= 25) & (size < 40)}
    found = {name: float(hit[band].mean()) if band.any() else float("nan") for name, band in bands.items()}
    return {**found, "false": false_positives}


if __name__ == "__main__":
    main()
