"""The labelled photos of the shared test data, and how well a library sorted them."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import select

from kith.engine.boxes import iou
from kith.faces.tables import Face
from kith.kit.db import Database
from kith.photos.tables import Photo

# A face that overlaps the labelled box less than this is somebody else, and the labelled one was missed.
SAME_FACE_IOU = 0.2


@dataclass(frozen=True, slots=True)
class Labelled:
    """A photo of `identities.csv` and the box (x1, y1, x2, y2) of the face its label speaks of."""

    person: str
    is_stranger: bool
    path: Path
    sha256: str
    xyxy: tuple[float, float, float, float]


def read_labels(folder: Path) -> list[Labelled]:
    """`folder` holds identities.csv and identities/."""
    labels: list[Labelled] = []
    with (folder / "identities.csv").open() as stream:
        for row in csv.DictReader(stream):
            x, y, width, height = map(float, row["target_box"].split())
            box = (x, y, x + width, y + height)
            path, is_stranger = folder / row["file"], row["role"] == "distractor"
            labels.append(Labelled(row["person"], is_stranger, path, row["sha256"], box))
    return labels


def hold_back(labels: Sequence[Labelled]) -> list[Labelled]:
    """One photo of each person who has three or more: the last by digest, which is as good as random."""
    counts = Counter(it.person for it in labels)
    last: dict[str, Labelled] = {}
    for it in sorted(labels, key=lambda it: it.sha256):
        if counts[it.person] >= 3:
            last[it.person] = it
    return [last[person] for person in sorted(last)]


async def labelled_faces(db: Database, labels: Sequence[Labelled]) -> list[Face | None]:
    """The face in the library that each label speaks of; None where it was not found."""
    faces: dict[str, list[Face]] = {}
    async with db.read() as session:
        for face, digest in await session.execute(select(Face, Photo.sha256).join(Photo)):
            faces.setdefault(digest, []).append(face)
    return [_best(it, faces.get(it.sha256, [])) for it in labels]


def groups_of(faces: Sequence[Face | None]) -> list[object]:
    """Which group each face is in; a face of nobody's, or one that was missed, is a group by itself."""
    return [
        face.person_id if face is not None and face.person_id is not None else ("alone", number)
        for number, face in enumerate(faces)
    ]


def _best(label: Labelled, faces: Sequence[Face]) -> Face | None:
    if not faces:
        return None
    boxes = np.array([face.xyxy for face in faces], dtype=np.float32)
    overlap = iou(np.array([label.xyxy], dtype=np.float32), boxes)[0]
    at = int(overlap.argmax())
    return faces[at] if overlap[at] > SAME_FACE_IOU else None
