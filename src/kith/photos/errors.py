"""What can go wrong with photos and their files.

NotFound ── PhotoNotFound, FileMissing, UploadNotFound
InvalidInput ── FileUnreadable, FileNameInvalid, FolderUnreadable, NotesInvalid,
                UploadTooLong, UploadDigestWrong
Conflict ── PhotoChanged, UploadOffsetWrong
LimitExceeded ── UploadPieceTooLarge, TooManyUploads
"""

from kith.errors import Conflict, InvalidInput, LimitExceeded, NotFound


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


class UploadNotFound(NotFound):
    code = "upload_not_found"
    title = "There is no such upload"


class UploadOffsetWrong(Conflict):
    code = "upload_offset_wrong"
    title = "The upload has come to another byte"


class UploadTooLong(InvalidInput):
    code = "upload_too_long"
    title = "There is more than was announced"


class UploadDigestWrong(InvalidInput):
    code = "upload_digest_wrong"
    title = "What arrived is not what was sent"


class UploadPieceTooLarge(LimitExceeded):
    code = "upload_piece_too_large"
    title = "The piece is too large"


class TooManyUploads(LimitExceeded):
    code = "too_many_uploads"
    title = "Too many uploads are on their way"
