"""What only HTTP can get wrong.

Unauthenticated ── ApiKeyMissing
Forbidden ── CrossSiteRequest
Unavailable ── NotReady
"""

from kith.errors import Forbidden, Unauthenticated, Unavailable


class ApiKeyMissing(Unauthenticated):
    code = "api_key_missing"
    title = "The request needs a valid X-API-Key"


class CrossSiteRequest(Forbidden):
    code = "cross_site_request"
    title = "Pages of other sites may change nothing here"


class NotReady(Unavailable):
    code = "not_ready"
    title = "Kith is not ready"
