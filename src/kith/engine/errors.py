"""What can go wrong between bytes and embeddings.

InvalidInput ── EmptyImage, UnsupportedImage, CorruptImage, InvalidBox, InvalidEmbedding
LimitExceeded ── ImageTooLarge
Conflict ── EmbeddingSpaceMismatch
Unavailable ── EngineNotReady
"""

from kith.errors import Conflict, InvalidInput, LimitExceeded, Unavailable


class EmptyImage(InvalidInput):
    code = "image_empty"
    title = "The image is empty"


class UnsupportedImage(InvalidInput):
    code = "image_unsupported"
    title = "The file is not a picture Kith can read"


class CorruptImage(InvalidInput):
    code = "image_corrupt"
    title = "The picture is damaged"


class ImageTooLarge(LimitExceeded):
    code = "image_too_large"
    title = "The picture is too large"


class InvalidBox(InvalidInput):
    code = "box_invalid"
    title = "The box does not lie in the picture"


class InvalidEmbedding(InvalidInput):
    code = "embedding_invalid"
    title = "The embedding has the wrong length or values"


class EmbeddingSpaceMismatch(Conflict):
    code = "embedding_space_mismatch"
    title = "The embedding belongs to another space"


class EngineNotReady(Unavailable):
    code = "engine_not_ready"
    title = "The face engine is not ready"
