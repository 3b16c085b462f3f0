"""Fit a pack's calibration: the cosines that strangers exceed at false-accept rates 1e-2 … 1e-6.

    python bench/calibrate.py mobile

Only pairs of different people are used, and none of the people that bench/accuracy.py and the grouping
tests measure: faces of the group photos against one another and against the strangers of whom there is
one photo each. Two faces are a pair when they are in the same photo, or in photos of different
series, so that nobody is paired with himself. Only faces of quality 0.5 and more count: how much alike
two faces look when both are a blur says nothing about the network.

Frequent rates are read off the pairs. Rare ones come from a generalised Pareto distribution fitted to
the highest fiftieth of the cosines (of -log(1 - cosine), so that no fitted cosine can exceed 1; with a
larger share the fit no longer agrees with what can be read off at 1e-3 and 1e-4): peaks over threshold
(J. Pickands, "Statistical inference using extreme order statistics", 1975), by probability-weighted
moments (J. Hosking, J. Wallis, "Parameter and quantile estimation for the generalized Pareto
distribution", 1987). The intervals are of a bootstrap over series, as pairs that share a face or a scene
are not independent.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.labelled import analyse, arguments, labelled_row, open_pack, read_identities
from kith.engine.base import FaceEngine
from kith.engine.calibration import FALSE_ACCEPT_RATES

MIN_QUALITY = 0.5
TAIL = 0.02  # the share of pairs the tail is fitted to
MIN_COUNT = 50  # pairs beyond a rate from which it is read off, not fitted
RESAMPLES = 200

# Photos that show one person more than once, or none: two faces in them may be the same.
LEFT_OUT = {
    "Ultra-Light-Fast-Generic-Face-Detector-1MB__img2.jpeg": "the same people with and without masks",
    "Ultra-Light-Fast-Generic-Face-Detector-1MB__img3.jpg": "the same people with and without masks",
    "Ultra-Light-Fast-Generic-Face-Detector-1MB__img4.jpeg": "the same people with and without masks",
    "wider_other__12_Group_Group_12_Group_Group_12_459.jpg": "a painting",
    "wider416/2_Demonstration_Demonstrators_2_456.jpg": "posters of one person",
}
# Sources between whose photos people are shared: TV series, one event, one photographer's family.
SHARED_SERIES = {
    "face_recognition": "actors",
    "face-api.js": "actors",
    "photoprism_face": "photoprism",
    "photoprism_overlap": "photoprism",
}


@dataclass(frozen=True, slots=True)
class Impostors:
    """Faces of different people: `embeddings` (n, d), and the `photo` and `series` (n,) of each."""

    embeddings: np.ndarray
    photo: np.ndarray
    series: np.ndarray


@dataclass(frozen=True, slots=True)
class Pairs:
    """Cosines of impostor pairs, highest first, and the series (n, 2) of their two faces."""

    cosines: np.ndarray
    series: np.ndarray


def main() -> None:
    options = arguments("Fit a pack's calibration on pairs of strangers.")
    impostors = collect(open_pack(options), options.shared / "data")
    pairs = impostor_pairs(impostors)
    fitted = fit(pairs.cosines, np.ones(len(pairs.cosines)))
    low, high = np.percentile(resampled(pairs), (2.5, 97.5), axis=0)
    count, photos, series = (
        len(np.unique(part)) for part in (range(len(impostors.photo)), impostors.photo, impostors.series)
    )
    print(f"{options.pack}: {count} faces, {photos} photos, {series} series, {len(pairs.cosines)} pairs")
    cosines = pairs.cosines
    print(f"mean {cosines.mean():.3f}, deviation {cosines.std():.3f}, highest {cosines[0]:.3f}")
    print("\n   FAR   cosine   95 % interval   how")
    for rate, cosine, below, above in zip(FALSE_ACCEPT_RATES, fitted, low, high, strict=True):
        how = "read off" if rate * len(pairs.cosines) >= MIN_COUNT else "fitted tail"
        print(f"  {rate:.0e}   {cosine:.3f}   {below:.3f} - {above:.3f}   {how}")
    print(f"\ncosines = [{', '.join(f'{cosine:.3f}' for cosine in fitted)}]")


def collect(engine: FaceEngine, data: Path) -> Impostors:
    """The usable faces of the group photos and of the strangers."""
    embeddings: list[np.ndarray] = []
    photos: list[str] = []
    for file, rows in _usable(engine, data):
        embeddings.extend(rows)
        photos.extend([file] * len(rows))
    series = [_series(photo) for photo in photos]
    return Impostors(np.stack(embeddings), np.asarray(photos), np.asarray(series))


def _usable(engine: FaceEngine, data: Path) -> Iterator[tuple[str, np.ndarray]]:
    images = json.loads((data / "groups" / "boxes.json").read_text(encoding="utf-8"))["images"]
    groups = [f"groups/{image['file']}" for image in images.values() if image["file"] not in LEFT_OUT]
    for file, faces in zip(groups, analyse(engine, data, groups), strict=True):
        yield file, faces.embeddings[faces.quality >= MIN_QUALITY]
    strangers = [label for label in read_identities(data) if label.is_stranger]
    for label, faces in zip(
        strangers, analyse(engine, data, [label.file for label in strangers]), strict=True
    ):
        row = labelled_row(faces, label)
        if row is not None and faces.quality[row] >= MIN_QUALITY:
            yield label.file, faces.embeddings[[row]]


def _series(file: str) -> str:
    """Photos of one series may show the same people; those of WIDER FACE within one kind of event."""
    folder, _, name = file.partition("/")
    if folder == "identities":
        return file
    if name.startswith("wider"):
        return "wider " + name.replace("/", "__").split("__")[1].split("_")[0]
    if name.startswith("dlib"):
        return name
    source = name.split("__")[0]
    return SHARED_SERIES.get(source, source)


def impostor_pairs(faces: Impostors) -> Pairs:
    left, right = np.triu_indices(len(faces.photo), 1)
    apart = (faces.photo[left] == faces.photo[right]) | (faces.series[left] != faces.series[right])
    left, right = left[apart], right[apart]
    cosines = np.einsum("nd,nd->n", faces.embeddings[left], faces.embeddings[right])
    order = np.argsort(-cosines)
    numbers = np.unique(faces.series, return_inverse=True)[1]
    return Pairs(cosines[order], np.stack((numbers[left], numbers[right]), axis=1)[order])


def fit(cosines: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The cosine at each of FALSE_ACCEPT_RATES, from cosines, highest first, and how often each counts."""
    share = np.cumsum(weights) / weights.sum()
    nearness = -np.log1p(-cosines)
    floor = nearness[np.searchsorted(share, TAIL)]
    tail = (nearness > floor) & (weights > 0)
    scale, shape = fit_tail(nearness[tail] - floor, weights[tail])
    reached = weights[tail].sum() / weights.sum()
    answers: list[float] = []
    for rate in FALSE_ACCEPT_RATES:
        if rate * weights.sum() >= MIN_COUNT:
            answers.append(float(cosines[np.searchsorted(share, rate)]))
        else:
            answers.append(float(-np.expm1(-floor - scale / shape * ((rate / reached) ** -shape - 1))))
    return np.asarray(answers)


def fit_tail(excess: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Scale and shape of the generalised Pareto distribution of `excess`, highest first."""
    above = (np.cumsum(weights) - weights / 2) / weights.sum()
    mean = np.average(excess, weights=weights)
    moment = np.average(excess * above, weights=weights)
    shape = 2 - mean / (mean - 2 * moment)
    return float(2 * mean * moment / (mean - 2 * moment)), float(shape)


def resampled(pairs: Pairs) -> np.ndarray:
    """Fits (RESAMPLES, 5) to series drawn with replacement."""
    random = np.random.default_rng(0)
    series = int(pairs.series.max()) + 1
    fits: list[np.ndarray] = []
    for _ in range(RESAMPLES):
        drawn = np.bincount(random.integers(series, size=series), minlength=series)
        left, right = drawn[pairs.series].T
        fits.append(
            fit(pairs.cosines, np.where(pairs.series[:, 0] == pairs.series[:, 1], left, left * right))
        )
    return np.stack(fits)


if __name__ == "__main__":
    main()
