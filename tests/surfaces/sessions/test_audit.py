"""Searching a session and erasing it leave entries in the audit log, of ids and numbers only."""

import pytest

from kith.accounts.principal import Principal
from kith.audit.service import list_entries
from kith.audit.tables import AuditAction
from tests.support.library import ANA, ANDRE, portrait
from tests.surfaces.conftest import Library
from tests.surfaces.sessions.conftest import found, index

pytestmark = pytest.mark.models


async def test_searches_and_erasures_are_noted(shop: Library) -> None:
    await index(shop, "s", {"a": ANA[0], "b": ANDRE[0]})
    assert await found(shop, "s", portrait(ANA[1])) == ["a"]
    await shop.client.post("/search", json={"embedding": [1.0] * 128})
    await shop.client.delete("/api/v2/index/s")
    await shop.client.delete("/api/v2/index/s")
    async with shop.runtime.db.read() as session:
        entries = await list_entries(session, Principal())
    noted = [(it.action, it.subject, it.counts) for it in entries if it.action != AuditAction.INDEX]
    erased, core, searched = noted
    assert erased == (AuditAction.ERASE, "gallery", {"faces": 2})
    assert (core[0], core[1], set(core[2])) == (AuditAction.SEARCH, "face", {"results"})
    assert searched == (AuditAction.SEARCH, "gallery", {"faces": 1, "results": 1})
    assert all(it.request_id for it in entries)
