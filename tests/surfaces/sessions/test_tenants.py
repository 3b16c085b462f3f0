"""Whose session a search means: with a key that tenant's; without one whoever's alone it is."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from kith.accounts.keys import Keys, NewKey
from kith.accounts.principal import DEFAULT_TENANT_ID, Principal, Scope
from kith.audit.service import list_entries
from kith.audit.tables import AuditAction
from kith.enrolment import queries
from kith.tenants.service import Quotas, Tenants
from tests.support.library import ANA, ANDRE, portrait
from tests.support.statements import counted_statements
from tests.surfaces.conftest import Library
from tests.surfaces.sessions.conftest import found, index, key_of

pytestmark = pytest.mark.models


@dataclass
class Studio:
    """A tenant with a key."""

    tenant_id: int
    headers: dict[str, str]


async def studio(shop: Library, slug: str) -> Studio:
    runtime, owner = shop.runtime, Principal()
    async with runtime.db.write() as session:
        tenants = Tenants(session, owner, runtime.clock)
        tenant_id = DEFAULT_TENANT_ID if slug == "default" else (await tenants.create(slug, Quotas())).id
        keys = Keys(session, Principal(tenant_id), runtime.clock)
        key = await keys.create(NewKey(slug, (Scope.INDEX,), None))
    return Studio(tenant_id, {"x-api-key": key.secret})


async def index_as(shop: Library, who: Studio, session: str, photo_id: str, key: str) -> dict[str, Any]:
    body = {"photo_id": photo_id, "session_id": session, "s3_key": key}
    answer = await shop.client.post("/api/v2/index", json=body, headers=who.headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def searches(
    shop: Library, session: str, headers: dict[str, str] | None = None
) -> list[httpx.Response]:
    """Every way to search a session, and to ask how much of it there is."""
    selfie = {"files": {"file": portrait(ANA[1])}, "data": {"session_id": session}, "headers": headers}
    return [
        await shop.client.post("/api/v2/search", **selfie),
        await shop.client.post("/api/v1/search", **selfie),
        await shop.client.post("/api/v2/faces/search-session", **selfie),
        await shop.client.get(f"/api/v2/search/status/{session}", headers=headers),
        await shop.client.get(f"/api/v2/index/status/{session}", headers=headers),
    ]


def is_found(answers: list[httpx.Response]) -> bool:
    """Whether all say that the session is there; else all say that it is not, as of one nobody has."""
    statuses, told = [it.status_code for it in answers], [it.json() for it in answers]
    for it in told[3:]:
        assert it["indexed"] == bool(it["photo_count"]) == (it["last_indexed"] is not None)
    if statuses[0] == 200:
        assert statuses == [200] * 5
        assert all(it["indexed"] for it in told[3:])
        return True
    assert statuses == [404] * 3 + [200] * 2
    assert {it["error"]["code"] for it in told[:3]} == {"SESSION_NOT_INDEXED"}
    assert {it["detail"] for it in told[:3]} == {"this session has not been indexed"}
    assert not any(it["indexed"] for it in told[3:])
    return False


class TestWithoutAKey:
    async def test_a_session_of_whoever_has_it(self, shop: Library) -> None:
        """As the client of the migration guide does, which shows its key only to index."""
        await studio(shop, "default")
        theirs = await studio(shop, "theirs")
        await index_as(shop, theirs, "s", "a", key_of(ANA[0]))
        await index_as(shop, theirs, "s", "b", key_of(ANDRE[0]))
        assert is_found(await searches(shop, "s"))
        assert await found(shop, "s", portrait(ANA[1])) == ["a"]
        async with shop.runtime.db.read() as session:
            entries = await list_entries(session, Principal(theirs.tenant_id))
            assert not await list_entries(session, Principal())
        searched = [it.actor for it in entries if it.action == AuditAction.SEARCH]
        assert searched == ["guest"] * 4

    async def test_of_two_with_one_id_neither(self, shop: Library) -> None:
        mine, theirs = await studio(shop, "default"), await studio(shop, "theirs")
        await index_as(shop, theirs, "s", "a", key_of(ANA[0]))
        await index_as(shop, mine, "s", "mine", key_of(ANA[0]))
        assert not is_found(await searches(shop, "s"))
        for who, name in ((mine, "mine"), (theirs, "a")):
            answers = await searches(shop, "s", who.headers)
            assert is_found(answers)
            assert [it["photo_id"] for it in answers[0].json()["matches"]] == [name]
        erased = await shop.client.delete("/api/v2/index/s", headers=mine.headers)
        assert erased.json()["embeddings_removed"] == 1
        assert await found(shop, "s", portrait(ANA[1])) == ["a"]

    async def test_what_is_empty_hides_nobody_elses(self, shop: Library) -> None:
        mine, theirs = await studio(shop, "default"), await studio(shop, "theirs")
        assert (await index_as(shop, mine, "s", "a", "gone.jpg"))["indexed"] is False
        await index_as(shop, theirs, "s", "b", key_of(ANA[0]))
        assert await found(shop, "s", portrait(ANA[1])) == ["b"]

    async def test_who_is_suspended_has_none(self, shop: Library) -> None:
        mine, theirs = await studio(shop, "default"), await studio(shop, "theirs")
        await index_as(shop, theirs, "s", "a", key_of(ANA[0]))
        async with shop.runtime.db.write() as session:
            await Tenants(session, Principal(), shop.runtime.clock).suspend("theirs")
        assert not is_found(await searches(shop, "s"))
        assert (await searches(shop, "s", theirs.headers))[0].status_code == 403
        await index_as(shop, mine, "s", "mine", key_of(ANA[0]))
        assert await found(shop, "s", portrait(ANA[1])) == ["mine"]

    async def test_nothing_tells_an_ambiguous_id_from_an_unknown_one(self, shop: Library) -> None:
        """Not the answer, and not the time either: the same is asked of the database, the selfie not read."""
        for who in (await studio(shop, "default"), await studio(shop, "theirs")):
            await index_as(shop, who, "s", "a", key_of(ANA[0]))
        told: list[tuple[Any, list[str]]] = []
        for session in ("s", "nothing"):
            with counted_statements() as statements:
                form = {"files": {"file": b"no picture"}, "data": {"session_id": session}}
                answer = await shop.client.post("/api/v2/search", **form)
            told.append(((answer.status_code, answer.json()), list(statements.sent)))
        assert told[0] == told[1]

    async def test_is_found_by_an_index(self, sqlite_shop: Library) -> None:
        """PostgreSQL reads tables this small as they are."""
        async with sqlite_shop.runtime.db.read() as session:
            options = {"literal_binds": True}
            statement = queries.tenants_with("s").compile(session.get_bind(), compile_kwargs=options)
            plan = await session.execute(text(f"EXPLAIN QUERY PLAN {statement}"))
            assert "ix_external_ids_galleries" in "".join(str(row) for row in plan)


class TestWithAKey:
    async def test_only_ones_own(self, shop: Library) -> None:
        mine, theirs = await studio(shop, "default"), await studio(shop, "theirs")
        await index_as(shop, theirs, "s", "a", key_of(ANA[0]))
        assert not is_found(await searches(shop, "s", mine.headers))
        assert is_found(await searches(shop, "s", theirs.headers))
        (answer, *_) = await searches(shop, "s", {"x-api-key": "kith_wrong"})
        assert answer.status_code == 401


class TestWithoutAnyKeys:
    async def test_all_is_as_before(self, sqlite_shop: Library) -> None:
        await index(sqlite_shop, "s", {"a": ANA[0]})
        assert is_found(await searches(sqlite_shop, "s"))
        assert not is_found(await searches(sqlite_shop, "t"))
