"""What only HTTP can get wrong.

Forbidden ── CrossSiteRequest
LimitExceeded ── RateExceeded
Unavailable ── NotReady
"""

from kith.errors import Forbidden, LimitExceeded, Unavailable


class CrossSiteRequest(Forbidden):
    code = "cross_site_request"
    title = "Pages of other sites may change nothing here"


class RateExceeded(LimitExceeded):
    code = "rate_exceeded"
    title = "Too many requests"


class NotReady(Unavailable):
    code = "not_ready"
    title = "Kith is not ready"
