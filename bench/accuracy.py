"""How well a pack tells people apart, on photos its calibration has not seen.

    python bench/accuracy.py mobile

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
from labelled import LabelledFace, analyse, arguments, labelled_row, open_pack, read_identities
from sklearn.cluster import DBSCAN

from kith.engine.base import FaceEngine
from kith.engine.calibration import Calibration


@dataclass(frozen=True, slots=True)
class Measured:
    """Cosines of pairs of one person, and of pairs of two."""

    genuine: np.ndarray
    impostor: np.ndarray


def main() -> None:
    options = arguments("Measure how well a pack tells people apart.")
    data = options.shared / "data"
    engine = open_pack(options)
    labels = read_identities(data)
    start = time.perf_counter()
    embeddings = embed(engine, data, labels)
    seconds = time.perf_counter() - start
    missed = int(np.isnan(embeddings[:, 0]).sum())
    print(f"{engine.space.key}: {len(labels)} photos in {seconds:.1f} s, labelled face missed in {missed}")
    people = np.asarray([label.person for label in labels])
    kinds = np.asarray([label.kind for label in labels])
    calibration = engine.calibration
    report("all pairs of identities.csv", calibration, all_pairs(embeddings, people))
    of_full = kinds == "full photo"
    report("pairs of full photos", calibration, all_pairs(embeddings[of_full], people[of_full]))
    report("identities_pairs.csv", calibration, listed_pairs(embeddings, labels, data))
    report_groups(calibration, embeddings, people)


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


def report(title: str, calibration: Calibration, pairs: Measured) -> None:
    print(f"\n{title}: {len(pairs.genuine)} of one person, {len(pairs.impostor)} of two")
    highest = np.sort(pairs.impostor)[::-1]
    for rate in (1e-2, 1e-3, 1e-4):
        if rate * len(highest) >= 1:
            cosine = highest[int(rate * len(highest))]
            print(f"  FAR {rate:.0e}        cosine {cosine:.3f}   TAR {(pairs.genuine > cosine).mean():.4f}")
    for similarity in (0.3, 0.5, 0.7, 0.8, 0.9):
        cosine = calibration.cosine(similarity)
        accepted, false = (pairs.genuine >= cosine).mean(), (pairs.impostor >= cosine).mean()
        print(f"  similarity {similarity}   cosine {cosine:.3f}   TAR {accepted:.4f}   true FAR {false:.1e}")


def report_groups(calibration: Calibration, embeddings: np.ndarray, people: np.ndarray) -> None:
    found = ~np.isnan(embeddings[:, 0])
    distances = np.maximum(1 - embeddings[found] @ embeddings[found].T, 0)
    print("\nplain DBSCAN of the labelled faces, two make a group")
    for similarity in (0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        cosine = calibration.cosine(similarity)
        groups = np.full(len(people), -1)
        reach = DBSCAN(eps=1 - cosine, min_samples=2, metric="precomputed")
        groups[found] = reach.fit_predict(distances)
        precision, recall = b_cubed(groups, people)
        f1 = 2 * precision * recall / (precision + recall)
        print(
            f"  similarity {similarity:.2f}   cosine {cosine:.3f}   "
            f"precision {precision:.4f}   recall {recall:.4f}   F1 {f1:.4f}"
        )


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
