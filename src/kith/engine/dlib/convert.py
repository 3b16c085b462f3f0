"""From the files of the package face-recognition-models to what Kith runs, once.

That package carries dlib's public-domain (CC0) networks; its 68-point predictor is not among them
(no commercial use) and is never touched. The package itself is not imported: it needs pkg_resources.
"""

import contextlib
import fcntl
import importlib.util
import io
import json
import os
from collections.abc import Callable, Generator
from dataclasses import fields
from pathlib import Path

import numpy as np

from kith.engine.dlib.dat import DatError, digest, read_network
from kith.engine.dlib.detector import DetectorConfig, DlibDetector
from kith.engine.dlib.embedder import DlibEmbedder
from kith.engine.dlib.forest import Forest, read_forest
from kith.engine.dlib.graph import detector_graph, embedder_graph
from kith.engine.dlib.landmarks import LandmarkPredictor
from kith.engine.errors import EngineNotReady
from kith.engine.session import SessionOptions, open_session

EMBEDDER, DETECTOR, LANDMARKS, MANIFEST = "resnet.onnx", "mmod.onnx", "landmarks.npz", "manifest.json"
_PACKAGE = "face_recognition_models"
# To be raised whenever the same sources would be converted to something else.
_FORMAT = 1
_POINTS = 5
_EMBEDDER_SOURCE = "dlib_face_recognition_resnet_model_v1.dat"


def convert(target: Path, progress: Callable[[str], None]) -> None:
    """Convert dlib's networks into the folder `target`, unless they are there already.

    Takes about two seconds and says so through `progress`. Every file appears complete or not at all,
    the manifest last; processes that convert at once wait for one another. Raises EngineNotReady if
    the networks are missing or foreign, or the folder cannot be written.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        with _sole_writer(target):
            if not is_converted(target):
                _convert(target, progress)
    except OSError as error:
        raise EngineNotReady(f"dlib's networks cannot be converted: {error}") from error


def is_converted(folder: Path) -> bool:
    """Whether `folder` holds the converted networks, whole and of this version."""
    return _source_digest(folder) is not None


def open_dlib(folder: Path, options: SessionOptions) -> tuple[DlibDetector, DlibEmbedder]:
    """Detector and embedder from a folder filled by `convert`; raises EngineNotReady for any other."""
    source_digest = _source_digest(folder)
    if source_digest is None:
        raise EngineNotReady(f"dlib's converted networks are missing or damaged in {folder}")
    with np.load(folder / LANDMARKS, allow_pickle=False) as arrays:
        forest = Forest(**{field.name: arrays[field.name] for field in fields(Forest)})
    session = open_session(folder / DETECTOR, options)
    detector = DlibDetector(session, LandmarkPredictor(forest), DetectorConfig())
    return detector, DlibEmbedder(open_session(folder / EMBEDDER, options), source_digest)


def _convert(target: Path, progress: Callable[[str], None]) -> None:
    steps: tuple[tuple[str, str, str, Callable[[bytes], bytes]], ...] = (
        ("face detector", "mmod_human_face_detector.dat", DETECTOR, _detector),
        ("facial landmarks", "shape_predictor_5_face_landmarks.dat", LANDMARKS, _landmarks),
        ("face recognition", _EMBEDDER_SOURCE, EMBEDDER, _embedder),
    )
    folder = _source_folder()
    sources: dict[str, str] = {}
    results: dict[str, str] = {}
    for place, (title, source, result, converted) in enumerate(steps, start=1):
        progress(f"Converting dlib's {title} ({place} of {len(steps)})")
        data = (folder / source).read_bytes()
        try:
            output = converted(data)
        except ValueError as error:
            raise EngineNotReady(f"{folder / source} cannot be converted: {error}") from error
        sources[source], results[result] = digest(data), digest(output)
        _write(target / result, output)
    manifest = {"format": _FORMAT, "sources": sources, "files": results}
    _write(target / MANIFEST, json.dumps(manifest, indent=2).encode())


def _detector(data: bytes) -> bytes:
    return detector_graph(read_network(data))


def _embedder(data: bytes) -> bytes:
    return embedder_graph(read_network(data))


def _landmarks(data: bytes) -> bytes:
    forest = read_forest(data)
    if forest.shape.size != 2 * _POINTS:
        raise DatError(f"a shape predictor of {forest.shape.size // 2} points, not {_POINTS}")
    buffer = io.BytesIO()
    np.savez(buffer, **{field.name: getattr(forest, field.name) for field in fields(Forest)})
    return buffer.getvalue()


def _source_folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EngineNotReady("the Python package face-recognition-models is not installed")
    return Path(spec.submodule_search_locations[0]) / "models"


def _source_digest(folder: Path) -> str | None:
    """The digest of the network the embedder was made from; None unless all files are as written."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["format"] != _FORMAT:
            return None
        for name in (DETECTOR, LANDMARKS, EMBEDDER):
            if digest((folder / name).read_bytes()) != manifest["files"][name]:
                return None
        return str(manifest["sources"][_EMBEDDER_SOURCE])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextlib.contextmanager
def _sole_writer(folder: Path) -> Generator[None]:
    """Waits until no other process converts into `folder`; a process that dies lets go by itself."""
    with (folder / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, even if the power fails."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
