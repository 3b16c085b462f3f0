"""What can go wrong with the export of a tenant.

Conflict ── FolderNotEmpty
"""

from kith.errors import Conflict


class FolderNotEmpty(Conflict):
    code = "folder_not_empty"
    title = "The folder is not empty"
