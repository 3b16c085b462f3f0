"""`kith batches`, on databases with batches that nobody works on."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kith.accounts.principal import Principal
from kith.batches import queries
from kith.batches.service import Batches
from kith.batches.tables import BatchState, ItemState
from kith.kit.clock import SystemClock
from kith.kit.db import Database
from kith.kit.pages import Page
from kith.photos.noting import Notes
from kith.tenants.service import Quotas, Tenants
from tests.support.commands import Ran, kith, start_kith

URLS = ("https://example.org/1.jpg", "https://example.org/2.jpg", "https://example.org/3.jpg")
FACTS = {
    "batch_id", "state", "total", "processed", "successful", "failed", "error", "created_at", "updated_at",
    "ended_at",
}  # fmt: skip

NOBODYS = "0123456789abcdef" * 2  # the id of no batch


@dataclass
class Desk:
    """Batches of a database, and `kith batches` on it."""

    url: str
    data: Path
    env: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.env = {"KITH_DATABASE__URL": self.url}

    def run(self, *words: str) -> Ran:
        return kith("batches", *words, "--data", self.data)

    def create(self, urls: Sequence[str] = URLS, tenant_id: int = 1) -> str:
        return asyncio.run(self._create(urls, tenant_id))

    def tenant(self, slug: str) -> int:
        return asyncio.run(self._tenant(slug))

    def fail_first(self, batch_id: str) -> None:
        asyncio.run(self._fail_first(batch_id))

    async def _create(self, urls: Sequence[str], tenant_id: int) -> str:
        db = Database(self.url)
        async with db.write() as session:
            desk = Batches(session, Principal(tenant_id), SystemClock())
            batch = await desk.create([Notes(url) for url in urls], {"event": "gala"})
        await db.close()
        return batch.uuid.hex

    async def _tenant(self, slug: str) -> int:
        db = Database(self.url)
        async with db.write() as session:
            tenant = await Tenants(session, Principal(), SystemClock()).create(slug, Quotas())
        await db.close()
        return tenant.id

    async def _fail_first(self, batch_id: str) -> None:
        """What the worker leaves of a batch whose first picture could not be fetched."""
        db, now = Database(self.url), SystemClock().now()
        async with db.write() as session:
            (batch,) = await session.scalars(queries.newest(Principal(), Page()))
            assert batch.uuid.hex == batch_id
            item = (await session.scalars(queries.items(batch.id))).all()[0]
            item.state, item.ended_at = ItemState.FAILED, now
            item.error_code, item.error_detail = "fetch_failed", "it answered\x1b[31m 404"
            batch.state, batch.processed, batch.failed, batch.updated_at = BatchState.PROCESSING, 1, 1, now
        await db.close()


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """On SQLite and on PostgreSQL."""
    desk = Desk(database_url, tmp_path / "data")
    for name, value in desk.env.items():
        monkeypatch.setenv(name, value)
    return desk


class TestList:
    def test_newest_first(self, desk: Desk) -> None:
        assert "There are no batches." in desk.run().stdout
        first, second = desk.create(), desk.create(URLS[:1])
        listed = desk.run("list", "--json").json
        assert [it["batch_id"] for it in listed] == [second, first]
        assert [it.keys() for it in listed] == [FACTS, FACTS]
        assert [(it["state"], it["total"], it["ended_at"]) for it in listed] == [
            ("created", 1, None), ("created", 3, None),
        ]  # fmt: skip
        assert [it["batch_id"] for it in desk.run("list", "--limit", "1", "--json").json] == [second]
        shown = desk.run()
        assert shown.stdout.index(second) < shown.stdout.index(first)

    @pytest.mark.parametrize("limit", ["0", "101", "many"])
    def test_what_is_no_limit(self, desk: Desk, limit: str) -> None:
        assert desk.run("list", "--limit", limit).code == 2


class TestShow:
    def test_with_what_failed(self, desk: Desk) -> None:
        batch_id = desk.create()
        desk.fail_first(batch_id)
        shown = desk.run("show", batch_id, "--json").json
        assert shown.keys() == FACTS | {"metadata", "errors"}
        assert (shown["state"], shown["processed"], shown["failed"]) == ("processing", 1, 1)
        assert shown["metadata"] == {"event": "gala"}
        (error,) = shown["errors"]
        assert (error["position"], error["url"], error["code"]) == (0, URLS[0], "fetch_failed")
        assert error["at"] == shown["updated_at"]
        told = desk.run("show", batch_id).stdout
        assert "is processing: 1 of 3 pictures processed, 0 indexed, 1 failed." in told
        assert f"{URLS[0]}: [fetch_failed] it answered\\x1b[31m 404" in told

    @pytest.mark.parametrize("batch_id", ["7", "", "x" * 5000, NOBODYS])
    @pytest.mark.parametrize("words", [("show",), ("show", "--watch"), ("cancel",)])
    def test_what_is_not_there(self, desk: Desk, words: tuple[str, ...], batch_id: str) -> None:
        ran = desk.run(*words, batch_id)
        assert (ran.code, ran.stdout) == (4, "")
        assert ran.stderr.startswith("error [batch_not_found] ")

    def test_watched_until_it_ends(self, desk: Desk) -> None:
        batch_id = desk.create()
        watching = start_kith(
            "batches", "show", batch_id, "--watch", "--json", "--data", desk.data, env=desk.env
        )
        assert watching.stdout is not None
        assert json.loads(watching.stdout.readline())["state"] == "created"
        desk.fail_first(batch_id)
        assert json.loads(watching.stdout.readline())["state"] == "processing"
        assert desk.run("cancel", batch_id).code == 0
        rest, errors = watching.communicate(timeout=60)
        assert (watching.returncode, errors) == (0, "")
        assert [json.loads(line)["state"] for line in rest.splitlines()] == ["cancelled"]


class TestCancel:
    def test_once(self, desk: Desk) -> None:
        batch_id = desk.create()
        cancelled = desk.run("cancel", batch_id, "--json").json
        assert (cancelled["batch_id"], cancelled["state"]) == (batch_id, "cancelled")
        assert cancelled["ended_at"] is not None
        assert desk.run("list", "--json").json == [cancelled]
        again = desk.run("cancel", batch_id)
        assert (again.code, again.stderr.split("]")[0]) == (1, "error [batch_ended")
        assert len(desk.run("show", batch_id, "--watch", "--json").json_lines) == 1

    def test_for_humans(self, desk: Desk) -> None:
        said = desk.run("cancel", desk.create()).stdout
        assert "The batch is cancelled: 0 of 3 pictures processed, 0 indexed, 0 failed." in said


class TestTenants:
    def test_each_has_its_own(self, desk: Desk) -> None:
        theirs = desk.create(tenant_id=desk.tenant("studio"))
        mine = desk.create()
        assert [it["batch_id"] for it in desk.run("list", "--json").json] == [mine]
        listed = desk.run("list", "--tenant", "studio", "--json").json
        assert [it["batch_id"] for it in listed] == [theirs]
        for words in (("show", theirs), ("cancel", theirs), ("show", mine, "--tenant", "studio")):
            assert desk.run(*words).code == 4
        assert desk.run("show", theirs, "--tenant", "studio", "--json").json["state"] == "created"
        assert desk.run("cancel", theirs, "--tenant", "studio").code == 0
        assert desk.run("show", mine, "--json").json["state"] == "created"

    @pytest.mark.parametrize("words", [("list",), ("show", NOBODYS), ("cancel", NOBODYS)])
    def test_nobody(self, desk: Desk, words: tuple[str, ...]) -> None:
        ran = desk.run(*words, "--tenant", "nobody")
        assert (ran.code, ran.stderr.split("]")[0]) == (4, "error [tenant_not_found")


def test_no_library(tmp_path: Path) -> None:
    ran = kith("batches", "--data", tmp_path / "nothing")
    assert (ran.code, ran.stderr.split("]")[0]) == (4, "error [library_missing")
