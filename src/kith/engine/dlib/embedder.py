"""dlib's face recognition network on ONNX Runtime: chips to 128 numbers."""

import numpy as np

from kith.engine.dlib.chip import SIDE_PX, cut_chips
from kith.engine.dlib.graph import INPUT
from kith.engine.faces import EmbeddingSpace, Float32, Pixels
from kith.engine.session import Session

DIMENSION = 128
# More at once gain nothing, but leave the processor's cache: 660 kB a chip behind the first layer.
_BATCH = 8


class DlibEmbedder:
    """`kith.engine.base.Embedder` with dlib's ResNet. Thread-safe."""

    def __init__(self, session: Session, digest: str) -> None:
        """`digest` is the SHA-256 of the network's original .dat file."""
        self._session = session
        self.space = EmbeddingSpace("dlib", "1", digest, DIMENSION, "chip150-v1")

    def align(self, pixels: Pixels, landmarks: Float32) -> Pixels:
        """Upright chips (n, 150, 150, 3), pixel for pixel dlib's, for landmarks (n, 5, 2) in its order."""
        return cut_chips(pixels, landmarks)

    def embed(self, crops: Pixels) -> Float32:
        """Unit-length embeddings (n, 128) of chips (n, 150, 150, 3)."""
        raw = self.embed_raw(crops)
        return raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-12)

    def embed_raw(self, crops: Pixels) -> Float32:
        """dlib's own face descriptors (n, 128), of length about 1.4, compared by Euclidean distance."""
        if crops.shape[1:] != (SIDE_PX, SIDE_PX, 3) or crops.dtype != np.uint8:
            raise ValueError(f"chips must be (n, {SIDE_PX}, {SIDE_PX}, 3) uint8")
        raw = np.zeros((len(crops), DIMENSION), dtype=np.float32)
        for start in range(0, len(crops), _BATCH):
            batch = np.ascontiguousarray(crops[start : start + _BATCH])
            raw[start : start + _BATCH] = self._session.run(None, {INPUT: batch})[0]
        return raw
