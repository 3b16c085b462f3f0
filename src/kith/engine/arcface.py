"""The ArcFace family: one embedder for all networks that read an aligned 112 x 112 face.

J. Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition" (2019) set the
crop; what differs between networks is only the scaling of their pixels.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from kith.engine.align import ARCFACE_POINTS, ARCFACE_SIDE_PX, similarity_transforms, warp
from kith.engine.errors import EngineNotReady
from kith.engine.faces import EmbeddingSpace, Float32, Pixels
from kith.engine.graph import PIXELS, PixelFormat, accept_pixels
from kith.engine.session import Session, SessionOptions, open_session

# More at once leave the processor's cache between two layers, and take a tenth longer.
BATCH = 8


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a crop is shown to the network; with `flip` also mirrored, the two answers averaged."""

    pixels: PixelFormat
    flip: bool = False


# ImageNet's mean and deviation, which torchvision states for pixels divided by 255.
_IMAGENET = PixelFormat((123.675, 116.28, 103.53), (58.395, 57.12, 57.375))
_CENTRED = PixelFormat((127.5, 127.5, 127.5), (127.5, 127.5, 127.5))
_BGR = PixelFormat(bgr=True)  # SFace's own scaling is in its graph

PREPROCESSING = {
    "mobilefacenet": Preprocessing(_IMAGENET),
    "mobilefacenet-flip": Preprocessing(_IMAGENET, flip=True),
    "arcface": Preprocessing(_CENTRED),
    "arcface-flip": Preprocessing(_CENTRED, flip=True),
    "sface": Preprocessing(_BGR),
    "sface-flip": Preprocessing(_BGR, flip=True),
}


class ArcFaceEmbedder:
    """Embeds faces with a network of the ArcFace family; thread-safe."""

    def __init__(self, session: Session, space: EmbeddingSpace) -> None:
        self._session = session
        self.space = space

    @classmethod
    def open(cls, network: bytes, space: EmbeddingSpace, options: SessionOptions) -> Self:
        """An embedder from an ONNX file's bytes, read as `space.preprocessing` says.

        Raises EngineNotReady if they are no network, or one of another kind than the space says.
        """
        pixel_format = PREPROCESSING[space.preprocessing].pixels
        embedder = cls(open_session(accept_pixels(network, pixel_format), options), space)
        embedder.embed(np.zeros((2, ARCFACE_SIDE_PX, ARCFACE_SIDE_PX, 3), dtype=np.uint8))
        return embedder

    def align(self, pixels: Pixels, landmarks: Float32) -> Pixels:
        """Upright crops (n, 112, 112, 3) of the faces with landmarks (n, 5, 2): eyes, nose, mouth."""
        transforms = similarity_transforms(landmarks, ARCFACE_POINTS)
        return warp(pixels, transforms, ARCFACE_SIDE_PX)

    def embed(self, crops: Pixels) -> Float32:
        """Unit-length embeddings (n, d) of aligned crops (n, 112, 112, 3)."""
        embeddings = np.empty((len(crops), self.space.dimension), dtype=np.float32)
        flip = PREPROCESSING[self.space.preprocessing].flip
        for start in range(0, len(crops), BATCH):
            batch = crops[start : start + BATCH]
            answer = self._answer(batch)
            if flip:
                answer = _unit(answer + self._answer(np.ascontiguousarray(batch[:, :, ::-1])))
            embeddings[start : start + len(batch)] = answer
        return embeddings

    def _answer(self, batch: Pixels) -> Float32:
        answer = self._session.run(None, {PIXELS: batch})[0]
        if answer.shape != (len(batch), self.space.dimension):
            wanted = self.space.dimension
            raise EngineNotReady(f"the network answers {answer.shape}, not {wanted} numbers a face")
        return _unit(answer)


def _unit(vectors: Float32) -> Float32:
    length = np.linalg.norm(vectors, axis=1, keepdims=True).astype(np.float32)
    return vectors / np.maximum(length, np.finfo(np.float32).tiny)
