"""What can go wrong in the services below the domain.

Unavailable ── StorageUnavailable ── StorageFull; DatabaseUnavailable, SourcesNotSet
NotFound ── BlobNotFound, SourceNotFound
InvalidInput ── SourceKeyInvalid, CursorInvalid; FetchError ── FetchUrlInvalid, FetchRefusedAddress,
                FetchRefusedType, FetchTimeout, FetchFailed
LimitExceeded ── FetchTooLarge, TooManyKeys
Conflict ── SecretSealed
"""

from kith.errors import Conflict, InvalidInput, LimitExceeded, NotFound, Unavailable


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


class TooManyKeys(LimitExceeded):
    code = "too_many_keys"
    title = "The folder of sources holds too many files"


class CursorInvalid(InvalidInput):
    code = "cursor_invalid"
    title = "The cursor names no place in this list"


class FetchError(InvalidInput):
    """An address somebody gave leads nowhere, or where Kith does not go. No part of Kith is away."""

    code = "fetch_error"
    title = "The address cannot be used"


class FetchUrlInvalid(FetchError):
    code = "fetch_url_invalid"
    title = "This is no address to fetch from"


class FetchRefusedAddress(FetchError):
    code = "fetch_refused_address"
    title = "The address leads into a private network"


class FetchRefusedType(FetchError):
    code = "fetch_refused_type"
    title = "The address holds something else"


class FetchTimeout(FetchError):
    code = "fetch_timeout"
    title = "The other server is too slow"


class FetchFailed(FetchError):
    code = "fetch_failed"
    title = "The other server did not answer as it should"


class FetchTooLarge(LimitExceeded):
    code = "fetch_too_large"
    title = "The address holds too much"


class SecretSealed(Conflict):
    code = "secret_sealed"
    title = "A stored secret cannot be read with this key"
