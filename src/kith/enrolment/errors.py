"""What can go wrong with galleries of clients.

NotFound ── GalleryNotIndexed
Conflict ── GalleryGone
"""

from kith.errors import Conflict, NotFound


class GalleryNotIndexed(NotFound):
    code = "gallery_not_indexed"
    title = "Nothing has been indexed under this id"


class GalleryGone(Conflict):
    code = "gallery_gone"
    title = "The gallery was deleted meanwhile"
