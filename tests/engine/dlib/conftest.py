from pathlib import Path

import pytest

from kith.engine.dlib import DlibDetector, DlibEmbedder, convert, open_dlib
from kith.engine.dlib.dat import read_network
from kith.engine.dlib.detector import DetectorConfig
from kith.engine.dlib.forest import read_forest
from kith.engine.dlib.graph import detector_graph
from kith.engine.dlib.landmarks import LandmarkPredictor
from kith.engine.session import SessionOptions, open_session
from tests.engine.dlib import reference


@pytest.fixture(scope="session")
def pack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The converted networks, made once."""
    folder = tmp_path_factory.mktemp("dlib")
    convert(folder, lambda _: None)
    return folder


@pytest.fixture(scope="session")
def pack(pack_folder: Path) -> tuple[DlibDetector, DlibEmbedder]:
    return open_dlib(pack_folder, SessionOptions(threads=2))


@pytest.fixture(scope="session")
def detector(pack) -> DlibDetector:
    return pack[0]


@pytest.fixture(scope="session")
def embedder(pack) -> DlibEmbedder:
    return pack[1]


@pytest.fixture(scope="session")
def predictor() -> LandmarkPredictor:
    return LandmarkPredictor(read_forest(reference.dat(reference.LANDMARKS).read_bytes()))


@pytest.fixture(scope="session")
def exact_detector(predictor) -> DlibDetector:
    """The detector as dlib runs it: the picture as it is, all scales, on one canvas."""
    network = detector_graph(read_network(reference.dat(reference.DETECTOR).read_bytes()))
    config = DetectorConfig(enlargement=1.0, budget_px=10**9, exact=True)
    return DlibDetector(open_session(network, SessionOptions(threads=2)), predictor, config)
