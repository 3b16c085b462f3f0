"""What can go wrong with photos and their files.

NotFound ── PhotoNotFound, FileMissing
Conflict ── PhotoChanged
InvalidInput ── FileUnreadable, FileNameInvalid, FolderUnreadable, NotesInvalid
"""

from kith.errors import Conflict, InvalidInput, NotFound


class PhotoNotFound(NotFound):
    code = "photo_not_found"
    title = "There is no such photo"


class FileMissing(NotFound):
    code = "file_missing"
    title = "The file is not there any more"


class FileUnreadable(InvalidInput):
    code = "file_unreadable"
    title = "The file cannot be read"


class FileNameInvalid(InvalidInput):
    code = "file_name_invalid"
    title = "The file's name is not valid text"


class FolderUnreadable(InvalidInput):
    code = "folder_unreadable"
    title = "The folder cannot be read"


class NotesInvalid(InvalidInput):
    code = "notes_invalid"
    title = "What is said of the photo cannot be kept"


class PhotoChanged(Conflict):
    code = "photo_changed"
    title = "The photo has changed meanwhile"
