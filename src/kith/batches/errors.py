"""What can go wrong with batches.

InvalidInput ── BatchEmpty
LimitExceeded ── BatchTooLong
NotFound ── BatchNotFound
Conflict ── BatchEnded
"""

from kith.errors import Conflict, InvalidInput, LimitExceeded, NotFound


class BatchEmpty(InvalidInput):
    code = "batch_empty"
    title = "A batch needs at least one picture"


class BatchTooLong(LimitExceeded):
    code = "batch_too_long"
    title = "These are too many pictures for one batch"


class BatchNotFound(NotFound):
    code = "batch_not_found"
    title = "There is no such batch"


class BatchEnded(Conflict):
    code = "batch_ended"
    title = "The batch has ended already"
