"""What can go wrong with faces.

NotFound ── FaceNotFound
Busy ── PackChanged
"""

from kith.errors import Busy, NotFound


class FaceNotFound(NotFound):
    code = "face_not_found"
    title = "There is no such face"


class PackChanged(Busy):
    code = "pack_changed"
    title = "The library changes to another pack; try again shortly"
