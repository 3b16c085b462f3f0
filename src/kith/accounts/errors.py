"""What can go wrong with keys, scopes and tenants.

Unauthenticated ── ApiKeyMissing
Forbidden ── ScopeMissing
"""

from kith.errors import Forbidden, Unauthenticated


class ApiKeyMissing(Unauthenticated):
    code = "api_key_missing"
    title = "The request needs a valid X-API-Key"


class ScopeMissing(Forbidden):
    code = "scope_missing"
    title = "The key has not the scope this needs"
