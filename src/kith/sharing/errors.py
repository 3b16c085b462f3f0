"""What can go wrong with galleries that are shared.

Conflict ── GalleryExpired
InvalidInput ── ExpiryInvalid
"""

from kith.errors import Conflict, InvalidInput


class GalleryExpired(Conflict):
    code = "gallery_expired"
    title = "The gallery's time is over"


class ExpiryInvalid(InvalidInput):
    code = "expiry_invalid"
    title = "That is no time to come"
