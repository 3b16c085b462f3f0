"""What can go wrong in a preview of a pack."""

from kith.errors import NotFound


class PreviewNotFound(NotFound):
    code = "preview_not_found"
    title = "No pack was looked at yet"
