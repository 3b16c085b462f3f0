"""The labelled photos of the shared test data, run through a pack's engine."""

import argparse
import csv
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.report import parser_for
from kith.engine import boxes as geometry
from kith.engine.base import FaceEngine
from kith.engine.faces import Faces
from kith.engine.image import decode
from kith.engine.packs import PackStore

BATCH = 8
MIN_IOU = 0.25  # detectors draw their boxes differently: tight, square, with the forehead or without
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class LabelledFace:
    """A face whose person is known: the photo's path in the data folder, and the box (4,) in it."""

    file: str
    person: str
    is_stranger: bool
    kind: str
    xyxy: np.ndarray


def arguments(description: str | None) -> argparse.Namespace:
    parser = parser_for(description)
    parser.add_argument("pack", help="the pack's id; `mobile` is installed from the shared models")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the shared test data")
    parser.add_argument("--packs", type=Path, help="a folder of installed packs; a temporary one by default")
    return parser.parse_args()


def open_pack(options: argparse.Namespace) -> FaceEngine:
    store = PackStore(options.packs or Path(tempfile.mkdtemp(prefix="kith-packs-")))
    if options.pack == "mobile" and "mobile" not in {pack.id for pack in store.installed()}:
        store.install(str(options.shared / "models"))
    return store.open(options.pack)


def read_identities(data: Path) -> list[LabelledFace]:
    """Every photo of `identities.csv` with its one labelled face; a stranger is a person of his own."""
    with (data / "identities.csv").open(encoding="utf-8", newline="") as file:
        return [_labelled(row) for row in csv.DictReader(file)]


def _labelled(row: dict[str, str]) -> LabelledFace:
    x, y, width, height = (float(part) for part in row["target_box"].split())
    is_stranger = row["role"] == "distractor"
    return LabelledFace(
        file=row["file"],
        person=row["file"] if is_stranger else row["person"],
        is_stranger=is_stranger,
        kind=row["kind"],
        xyxy=np.asarray((x, y, x + width, y + height), dtype=np.float32),
    )


def analyse(engine: FaceEngine, data: Path, files: Sequence[str]) -> Iterator[Faces]:
    """The faces of each photo, in the order of `files`."""
    for start in range(0, len(files), BATCH):
        some = files[start : start + BATCH]
        yield from engine.analyse([decode((data / file).read_bytes()) for file in some])


def labelled_row(faces: Faces, label: LabelledFace) -> int | None:
    """Which of a photo's faces is the labelled one; None when it was not found."""
    overlap = geometry.iou(label.xyxy[None], faces.xyxy)[0]
    if not len(faces) or overlap.max() < MIN_IOU:
        return None
    return int(overlap.argmax())
