"""How well a pack tells people apart, on photos its calibration has not seen.

    python bench/accuracy.py mobile [--json]

The labelled face of every photo of `identities.csv`, found, aligned and embedded as in an import; a face
that is not found can match nobody. Printed are the share of pairs of one person that are accepted (TAR)
at false-accept rates measured on the same photos, what the calibrated similarities accept in truth, and
how plain DBSCAN groups the faces at them, by B-cubed precision and recall (A. Bagga, B. Baldwin,
"Entity-based cross-document coreferencing using the vector space model", 1998).
"""

import csv
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.cluster import DBSCAN

from bench.labelled import LabelledFace, analyse, arguments, labelled_row, open_pack, read_identities
from bench.report import Row, show
from kith.engine.base import FaceEngine
from kith.engine.calibration import Calibration


@dataclass(frozen=True, slots=True)
class Measured:
    """Cosines of pairs of one person, and of pairs of two."""

    genuine: np.ndarray
    impostor: np.ndarray


def main() -> None:
    options = arguments(__doc__)
    data = options.shared / "data"
    engine = open_pack(options)
    labels = read_identities(data)
    start = time.perf_counter()
    embeddings = embed(engine, data, labels)
    seconds = time.perf_counter() - start
    people = np.asarray([label.person for label in labels])
    of_full = np.asarray([label.kind for label in labels]) == "full photo"
    kinds = {
        "all pairs of identities.csv": all_pairs(embeddings, people),
        "pairs of full photos": all_pairs(embeddings[of_full], people[of_full]),
        "identities_pairs.csv": listed_pairs(embeddings, labels, data),
    }
    found: Row = {
        "pack": engine.space.key, "photos": len(labels), "seconds": round(seconds, 1),
        "labelled face missed": int(np.isnan(embeddings[:, 0]).sum()),
    }  # fmt: skip
    tables = {
        "Faces found": [found],
        "Pairs accepted": [
            row for name, pairs in kinds.items() for row in rates(name, engine.calibration, pairs)
        ],
        "Plain DBSCAN of the labelled faces, two make a group": groups(
            engine.calibration, embeddings, people
        ),
    }
    show(tables, as_json=options.json)


def embed(engine: FaceEngine, data: Path, labels: list[LabelledFace]) -> np.ndarray:
    """Embeddings (n, d) of the labelled faces; not-a-number where one was not found."""
    embeddings = np.full((len(labels), engine.space.dimension), np.nan, dtype=np.float32)
    found = analyse(engine, data, [label.file for label in labels])
    for place, (label, faces) in enumerate(zip(labels, found, strict=True)):
        row = labelled_row(faces, label)
        if row is not None:
            embeddings[place] = faces.embeddings[row]
    return embeddings


def all_pairs(embeddings: np.ndarray, people: np.ndarray) -> Measured:
    left, right = np.triu_indices(len(people), 1)
    cosines = _cosines(embeddings[left], embeddings[right])
    same = people[left] == people[right]
    return Measured(cosines[same], cosines[~same])


def listed_pairs(embeddings: np.ndarray, labels: list[LabelledFace], data: Path) -> Measured:
    place = {label.file: number for number, label in enumerate(labels)}
    with (data / "identities_pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    left = embeddings[[place[row["file_a"]] for row in rows]]
    right = embeddings[[place[row["file_b"]] for row in rows]]
    same = np.asarray([row["same"] == "1" for row in rows])
    cosines = _cosines(left, right)
    return Measured(cosines[same], cosines[~same])


def _cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.nan_to_num(np.einsum("nd,nd->n", left, right), nan=-1.0)


def rates(name: str, calibration: Calibration, pairs: Measured) -> list[Row]:
    """What is accepted at false-accept rates of these pairs, and at calibrated similarities."""
    highest = np.sort(pairs.impostor)[::-1]
    bars = {
        f"FAR {rate:.0e}": float(highest[int(rate * len(highest))])
        for rate in (1e-2, 1e-3, 1e-4)
        if rate * len(highest) >= 1
    }
    bars |= {f"similarity {it}": calibration.cosine(it) for it in (0.3, 0.5, 0.7, 0.8, 0.9)}
    return [
        {
            "pairs": name, "of one person": len(pairs.genuine), "of two": len(pairs.impostor), "at": bar,
            "cosine": round(cosine, 3), "TAR": f"{(pairs.genuine >= cosine).mean():.4f}",
            "FAR": f"{(pairs.impostor >= cosine).mean():.1e}",
        }
        for bar, cosine in bars.items()
    ]  # fmt: skip


def groups(calibration: Calibration, embeddings: np.ndarray, people: np.ndarray) -> list[Row]:
    found = ~np.isnan(embeddings[:, 0])
    distances = np.maximum(1 - embeddings[found] @ embeddings[found].T, 0)
    rows: list[Row] = []
    for similarity in (0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        cosine = calibration.cosine(similarity)
        labels = np.full(len(people), -1)
        labels[found] = DBSCAN(eps=1 - cosine, min_samples=2, metric="precomputed").fit_predict(distances)
        precision, recall = b_cubed(labels, people)
        rows.append({
            "similarity": similarity, "cosine": round(cosine, 3), "precision": f"{precision:.4f}",
            "recall": f"{recall:.4f}", "F1": f"{2 * precision * recall / (precision + recall):.4f}",
        })  # fmt: skip
    return rows


def b_cubed(groups: np.ndarray, people: np.ndarray) -> tuple[float, float]:
    """B-cubed precision and recall; -1 in `groups` is a face alone."""
    alone = groups < 0
    together = groups[:, None] == groups[None, :]
    together[alone] = together[:, alone] = False
    np.fill_diagonal(together, val=True)
    same = people[:, None] == people[None, :]
    right = (together & same).sum(axis=1)
    return float((right / together.sum(axis=1)).mean()), float((right / same.sum(axis=1)).mean())


if __name__ == "__main__":
    main()
