"""The `dlib` pack: dlib's CC0 face networks on ONNX Runtime, without dlib at run time."""

from kith.engine.dlib.convert import convert, is_converted, open_dlib
from kith.engine.dlib.detector import DetectorConfig, DlibDetector
from kith.engine.dlib.embedder import DlibEmbedder

__all__ = ["DetectorConfig", "DlibDetector", "DlibEmbedder", "convert", "is_converted", "open_dlib"]
