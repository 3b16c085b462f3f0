"""From a pack's folder to an engine."""

from pathlib import Path

from kith.engine.arcface import ArcFaceEmbedder
from kith.engine.base import FaceEngine
from kith.engine.dlib import open_dlib
from kith.engine.faces import EmbeddingSpace
from kith.engine.packs.digests import read_sums, sha256_of_bytes
from kith.engine.packs.errors import PackDigestMismatch
from kith.engine.packs.manifest import Manifest, NetworkFile
from kith.engine.pipeline import Engine
from kith.engine.quality import LandmarkScheme
from kith.engine.scrfd import ScrfdDetector
from kith.engine.session import SessionOptions
from kith.engine.yunet import YunetDetector


def open_engine(pack: Manifest, folder: Path, options: SessionOptions) -> FaceEngine:
    """The engine of the pack installed in `folder`.

    Raises PackDigestMismatch when a file has changed since it was installed, EngineNotReady when a
    network cannot be run here, OSError when a file cannot be read.
    """
    if pack.detector is None or pack.embedder is None:
        detector, embedder = open_dlib(folder, options)
        return Engine(detector, embedder, pack.calibration, LandmarkScheme.EYE_CORNERS_NOSE)
    sums = read_sums(folder)
    open_detector = {"yunet": YunetDetector.open, "scrfd": ScrfdDetector.open}[pack.detector_kind]
    space = EmbeddingSpace(
        pack=pack.id,
        version=pack.version,
        digest=sums.get(pack.embedder.name, ""),
        dimension=pack.dimension,
        preprocessing=pack.preprocessing,
    )
    return Engine(
        open_detector(_checked(folder, pack.detector, sums), options),
        ArcFaceEmbedder.open(_checked(folder, pack.embedder, sums), space, options),
        pack.calibration,
    )


def _checked(folder: Path, file: NetworkFile, sums: dict[str, str]) -> bytes:
    network = (folder / file.name).read_bytes()
    if sha256_of_bytes(network) != sums.get(file.name):
        raise PackDigestMismatch(f"{file.name} has changed since it was installed")
    return network
