"""What only HTTP can get wrong.

Forbidden ── CrossSiteRequest
Unavailable ── NotReady
"""

from kith.errors import Forbidden, Unavailable


class CrossSiteRequest(Forbidden):
    code = "cross_site_request"
    title = "Pages of other sites may change nothing here"


class NotReady(Unavailable):
    code = "not_ready"
    title = "Kith is not ready"
