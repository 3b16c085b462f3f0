"""Clients of the vectors surface."""

from typing import Any

import httpx

from kith.setting_groups import SurfaceSettings, VectorsSettings
from tests.surfaces.conftest import Library

TENANT = "demo-tenant"
# For tests that ask more, and faster, than clients may.
UNLIMITED = SurfaceSettings(vectors=VectorsSettings(per_second=100_000, burst=100_000))


async def ask(
    library: Library, method: str, path: str, tenant: str | None = TENANT, **request: Any
) -> httpx.Response:
    """A request for a tenant by its header, None for none."""
    headers = {**({} if tenant is None else {"x-tenant-id": tenant}), **request.pop("headers", {})}
    return await library.client.request(method, path, headers=headers, **request)
