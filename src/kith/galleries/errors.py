"""What can go wrong with galleries that are shown.

NotFound ── GalleryNotFound, ImageNotFound, CreditNotFound, TrainingNotFound
InvalidInput ── TrainingModeInvalid
"""

from kith.errors import InvalidInput, NotFound


class GalleryNotFound(NotFound):
    code = "gallery_not_found"
    title = "There is no such gallery"


class ImageNotFound(NotFound):
    code = "image_not_found"
    title = "There is no such image"


class CreditNotFound(NotFound):
    code = "credit_not_found"
    title = "There is no such photographer, location or organizer"


class TrainingNotFound(NotFound):
    code = "training_not_found"
    title = "There is no such training session"


class TrainingModeInvalid(InvalidInput):
    code = "training_mode_invalid"
    title = "The training mode is full or incremental"
