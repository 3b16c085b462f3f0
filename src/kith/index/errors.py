"""What can go wrong between the index and what keeps it.

Unavailable ── IndexUnavailable
"""

from kith.errors import Unavailable


class IndexUnavailable(Unavailable):
    code = "index_unavailable"
    title = "The vector index cannot be reached"
