"""From our words to the wire's."""

from datetime import datetime

from kith.accounts.keys import NewKey, Shown
from kith.accounts.shapes import key_facts, tenant_facts
from kith.accounts.tables import ApiKey, Tenant
from kith.surfaces.native import wire_accounts as wire
from kith.tenants.service import QuotaChange, Quotas


def new_key(body: wire.KeyIn) -> NewKey:
    return NewKey(body.name, body.scopes, body.expires_at, body.requests_per_minute)


def quotas(body: wire.TenantIn) -> Quotas:
    return Quotas(body.max_photos, body.max_faces, body.max_bytes)


def quota_change(body: wire.QuotasIn) -> QuotaChange:
    return QuotaChange(**body.model_dump(exclude_unset=True))


def key(it: ApiKey, now: datetime) -> wire.KeyOut:
    return wire.KeyOut.model_validate(key_facts(it, now))


def shown_key(it: Shown, now: datetime) -> wire.KeySecretOut:
    return wire.KeySecretOut.model_validate({**key_facts(it.key, now), "secret": it.secret})


def tenant(it: Tenant) -> wire.TenantOut:
    return wire.TenantOut.model_validate(tenant_facts(it))
