"""What can go wrong with galleries of clients.

NotFound ── GalleryNotIndexed, IdentityNotEnrolled
Conflict ── GalleryGone, IdentityExists
"""

from kith.errors import Conflict, NotFound


class GalleryNotIndexed(NotFound):
    code = "gallery_not_indexed"
    title = "Nothing has been indexed under this id"


class GalleryGone(Conflict):
    code = "gallery_gone"
    title = "The gallery was deleted meanwhile"


class IdentityExists(Conflict):
    code = "identity_exists"
    title = "The identity is enrolled already"


class IdentityNotEnrolled(NotFound):
    code = "identity_not_enrolled"
    title = "No such identity is enrolled"
