"""What can go wrong with the stream of single pictures.

InvalidInput ── IngestSourceMissing, IngestItemsMissing, MessageInvalid
LimitExceeded ── TooManyItems
Conflict ── IngestKeyReused
Unavailable ── StreamUnavailable
"""

from kith.errors import Conflict, InvalidInput, LimitExceeded, Unavailable


class IngestSourceMissing(InvalidInput):
    code = "ingest_source_missing"
    title = "There is neither a bucket with a key nor a url"


class IngestItemsMissing(InvalidInput):
    code = "ingest_items_missing"
    title = "At least one picture is needed"


class MessageInvalid(InvalidInput):
    code = "message_invalid"
    title = "The message in the stream cannot be used"


class TooManyItems(LimitExceeded):
    code = "too_many_items"
    title = "These are too many pictures for one call"


class IngestKeyReused(Conflict):
    code = "ingest_key_reused"
    title = "The idempotency key was used for something else"


class StreamUnavailable(Unavailable):
    code = "stream_unavailable"
    title = "The stream cannot be reached"
