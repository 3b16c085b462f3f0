"""Working as a tenant that the command line names: whoever runs it may do so for any."""

from kith.accounts.principal import Principal
from kith.cli.command import Call
from kith.kit.db import ReadSession, WriteSession
from kith.tenants.service import get_tenant


async def acting_for(call: Call, session: ReadSession | WriteSession, slug: str) -> Principal:
    """Raises TenantNotFound."""
    return Principal((await get_tenant(session, call.who, slug)).id)
