"""What can go wrong with keys, scopes, tenants and quotas.

Unauthenticated ── ApiKeyMissing
Forbidden ── ScopeMissing, TenantSuspended, TenantAccessDenied, OnlyThisMachine, LinkInvalid
NotFound ── KeyNotFound, TenantNotFound
InvalidInput ── KeyInvalid, SlugInvalid
Conflict ── KeyRevoked, TenantExists, TenantKept
LimitExceeded ── QuotaExceeded
"""

from kith.errors import Conflict, Forbidden, InvalidInput, LimitExceeded, NotFound, Unauthenticated


class ApiKeyMissing(Unauthenticated):
    code = "api_key_missing"
    title = "The request needs a valid X-API-Key"


class ScopeMissing(Forbidden):
    code = "scope_missing"
    title = "The key has not the scope this needs"


class TenantSuspended(Forbidden):
    code = "tenant_suspended"
    title = "The tenant is suspended"


class TenantAccessDenied(Forbidden):
    code = "tenant_access_denied"
    title = "The tenant is another's, or there is none"


class OnlyThisMachine(Forbidden):
    code = "only_this_machine"
    title = "Without any key only this machine may ask"


class LinkInvalid(Forbidden):
    code = "link_invalid"
    title = "The link is not valid, or not any more"


class KeyNotFound(NotFound):
    code = "key_not_found"
    title = "There is no such key"


class TenantNotFound(NotFound):
    code = "tenant_not_found"
    title = "There is no such tenant"


class KeyInvalid(InvalidInput):
    code = "key_invalid"
    title = "A key cannot be like that"


class SlugInvalid(InvalidInput):
    code = "slug_invalid"
    title = "A tenant cannot be called that"


class KeyRevoked(Conflict):
    code = "key_revoked"
    title = "The key was revoked"


class TenantExists(Conflict):
    code = "tenant_exists"
    title = "There is such a tenant already"


class TenantKept(Conflict):
    code = "tenant_kept"
    title = "The default tenant cannot be suspended"


class QuotaExceeded(LimitExceeded):
    code = "quota_exceeded"
    title = "The tenant has as much as it may have"
