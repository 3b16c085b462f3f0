"""What can go wrong in the services below the domain.

Unavailable ── StorageUnavailable ── StorageFull; DatabaseUnavailable, SourcesNotSet
NotFound ── BlobNotFound, SourceNotFound
InvalidInput ── SourceKeyInvalid
"""

from kith.errors import InvalidInput, NotFound, Unavailable


class StorageUnavailable(Unavailable):
    code = "storage_unavailable"
    title = "The storage cannot be used"


class StorageFull(StorageUnavailable):
    code = "storage_full"
    title = "The disk is full"


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    title = "The database cannot be used"


class BlobNotFound(NotFound):
    code = "blob_not_found"
    title = "The stored bytes are gone"


class SourcesNotSet(Unavailable):
    code = "sources_not_set"
    title = "No store of pictures is set"


class SourceNotFound(NotFound):
    code = "source_not_found"
    title = "There is no such picture in the store"


class SourceKeyInvalid(InvalidInput):
    code = "source_key_invalid"
    title = "The key cannot name a stored picture"
