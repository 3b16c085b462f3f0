"""Entries of the audit log that requests make name the request: its id, whence it came, how long it took."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from kith.accounts.principal import Principal
from kith.audit.queries import AuditFilter
from kith.audit.service import list_entries
from kith.audit.tables import AuditAction, AuditEntry
from kith.photos.service import Photos
from kith.setting_groups import AuthSettings, ServerSettings
from tests.support.library import ANA, library_settings, portrait
from tests.surfaces.conftest import NO_WORKER, Library, _library

pytestmark = pytest.mark.models

KEY = "a key of the studio's"
CLIENT = "198.51.100.7"


@pytest_asyncio.fixture
async def proxied(packs_folder: Path, tmp_path: Path) -> AsyncIterator[Library]:
    """A library whose proxy runs on this machine."""
    settings = library_settings(
        tmp_path / "data", packs_folder, worker=NO_WORKER, auth=AuthSettings(api_key=KEY),
        server=ServerSettings(trusted_proxies=("127.0.0.1",)),
    )  # fmt: skip
    async for it in _library(settings):
        yield it


async def ask(library: Library, method: str, path: str, **request: Any) -> tuple[httpx.Response, float]:
    """As the proxy hands it on; the answer, and the milliseconds until it was there."""
    headers = {"x-api-key": KEY, "x-tenant-id": "default", "x-forwarded-for": f"203.0.113.1, {CLIENT}"}
    start = time.perf_counter()
    answer = await library.client.request(method, path, headers=headers, **request)
    assert answer.is_success, answer.text
    return answer, (time.perf_counter() - start) * 1e3


async def entries(library: Library, action: AuditAction) -> list[AuditEntry]:
    async with library.runtime.db.read() as session:
        return list(await list_entries(session, Principal(), AuditFilter(action=action)))


async def test_index_search_and_erase_name_their_requests(proxied: Library) -> None:
    picture = {"file": ("ana.jpg", portrait(ANA[0]), "image/jpeg")}
    asked = {
        AuditAction.INDEX: await ask(proxied, "POST", "/index_face", files=picture),
        AuditAction.SEARCH: await ask(proxied, "POST", "/search_face", files=picture),
        AuditAction.ERASE: await ask(proxied, "DELETE", "/faces/1"),
    }
    for action, (answer, waited_ms) in asked.items():
        (entry,) = await entries(proxied, action)
        assert entry.request_id == answer.headers["x-request-id"]
        assert entry.address == CLIENT
        assert entry.duration_ms is not None
        assert 0 <= entry.duration_ms <= waited_ms + 1
    assert len({answer.headers["x-request-id"] for answer, _ in asked.values()}) == len(asked)
    (indexed,) = await entries(proxied, AuditAction.INDEX)
    assert indexed.duration_ms  # the networks alone take milliseconds


async def test_what_a_worker_does_afterwards_names_no_request(proxied: Library) -> None:
    """Grouping, which a picture brings about, is nobody's request."""
    await ask(proxied, "POST", "/index_face", files={"file": portrait(ANA[0])})
    before = {it.id for it in await entries(proxied, AuditAction.INDEX)}
    async with proxied.runtime.db.write() as session:
        await Photos(session, Principal(), proxied.runtime.clock).analyse([1])
    await proxied.work()
    after = [it for it in await entries(proxied, AuditAction.INDEX) if it.id not in before]
    assert {(it.request_id, it.address, it.duration_ms) for it in after} == {(None, None, None)}
