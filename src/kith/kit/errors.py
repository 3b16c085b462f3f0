"""What can go wrong in the services below the domain.

Unavailable ── StorageUnavailable ── StorageFull; DatabaseUnavailable
NotFound ── BlobNotFound
"""

from kith.errors import NotFound, Unavailable


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
