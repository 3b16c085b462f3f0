"""What can go wrong with faces.

NotFound ── FaceNotFound
"""

from kith.errors import NotFound


class FaceNotFound(NotFound):
    code = "face_not_found"
    title = "There is no such face"
