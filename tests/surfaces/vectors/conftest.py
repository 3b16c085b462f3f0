"""Clients of the vectors surface."""

from typing import Any

import httpx

from tests.surfaces.conftest import Library

TENANT = "demo-tenant"


async def ask(
    library: Library, method: str, path: str, tenant: str | None = TENANT, **request: Any
) -> httpx.Response:
    """A request for a tenant by its header, None for none."""
    headers = {**({} if tenant is None else {"x-tenant-id": tenant}), **request.pop("headers", {})}
    return await library.client.request(method, path, headers=headers, **request)
