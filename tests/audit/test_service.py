"""The audit log: written with what it tells of, never changed, read by page and as a whole."""

import csv
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kith.accounts.principal import Principal
from kith.audit.queries import AuditFilter
from kith.audit.service import (
    COLUMNS,
    Origin,
    coming_from,
    csv_line,
    expire,
    export_entries,
    json_line,
    list_entries,
    record,
)
from kith.audit.tables import AuditAction, AuditEntry
from kith.kit.db import Database
from tests.support.clock import ManualClock
from tests.support.markdown import page

WHO = Principal()


async def note(db: Database, clock: ManualClock, count: int = 1, who: Principal = WHO, **more) -> None:
    async with db.write() as session:
        for number in range(count):
            record(session, clock, who, AuditAction.SEARCH, "photo", number, counts={"results": 3}, **more)


async def found(db: Database, wanted: AuditFilter, who: Principal = WHO) -> list[AuditEntry]:
    async with db.read() as session:
        return list(await list_entries(session, who, wanted))


class TestRecord:
    async def test_with_its_origin(self, database: Database, clock: ManualClock) -> None:
        began = clock.now()
        clock.advance(0.25)
        with coming_from(Origin("req-1", "192.0.2.1", began)):
            await note(database, clock)
        await note(database, clock)
        later, entry = await found(database, AuditFilter())
        assert (entry.request_id, entry.address, entry.duration_ms) == ("req-1", "192.0.2.1", 250)
        assert (entry.actor, entry.result, entry.counts) == ("owner", "ok", {"results": 3})
        assert (later.request_id, later.duration_ms) == (None, None)

    async def test_goes_with_its_transaction(self, database: Database, clock: ManualClock) -> None:
        async def fails() -> None:
            async with database.write() as session:
                record(session, clock, WHO, AuditAction.SEARCH, "photo", 1)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fails()
        assert await found(database, AuditFilter()) == []

    @pytest.mark.parametrize("name", ["Ada Lovelace", "", "x" * 101, "é"])
    async def test_names_have_no_place_in_it(self, database: Database, clock: ManualClock, name: str) -> None:
        async with database.write() as session:
            with pytest.raises(ValueError, match="ids and codes"):
                record(session, clock, WHO, AuditAction.SEARCH, "person", name)


class TestKept:
    async def test_no_entry_can_be_changed(self, database: Database, clock: ManualClock) -> None:
        await note(database, clock)
        with pytest.raises(DBAPIError, match="audit entries"):
            async with database.write() as session:
                await session.execute(text("UPDATE audit_entries SET actor = 'nobody'"))

    async def test_nor_deleted_within_a_day(self, database: Database) -> None:
        await note(database, ManualClock(datetime.now(UTC)))
        with pytest.raises(DBAPIError, match="audit entries"):
            async with database.write() as session:
                await session.execute(text("DELETE FROM audit_entries"))

    async def test_until_its_time_has_come(self, database: Database, clock: ManualClock) -> None:
        await note(database, clock)
        clock.advance(10 * 86_400)
        await note(database, clock, result="no_face")
        async with database.write() as session:
            await expire(session, clock, 9)
        assert [it.result for it in await found(database, AuditFilter())] == ["no_face"]


class TestList:
    async def test_filters(self, database: Database, clock: ManualClock) -> None:
        await note(database, clock, 2)
        clock.advance(60)
        await note(database, clock, result="no_face")
        for wanted, count in (
            (AuditFilter(since=clock.now()), 1), (AuditFilter(until=clock.now()), 2),
            (AuditFilter(actor="owner"), 3), (AuditFilter(actor="other"), 0),
            (AuditFilter(action=AuditAction.SEARCH), 3), (AuditFilter(action=AuditAction.ERASE), 0),
            (AuditFilter(subject="photo", subject_id="1"), 1), (AuditFilter(result="no_face"), 1),
        ):  # fmt: skip
            assert len(await found(database, wanted)) == count
        assert await found(database, AuditFilter(), Principal(2)) == []

    async def test_pages_meet(self, database: Database, clock: ManualClock) -> None:
        await note(database, clock, 5)
        seen, before = [], None
        async with database.read() as session:
            while rows := await list_entries(session, WHO, before=before, limit=2):
                seen += [it.subject_id for it in rows]
                before = rows[-1].id
        assert seen == ["4", "3", "2", "1", "0"]


async def test_export_of_more_than_a_piece(database: Database, clock: ManualClock) -> None:
    await note(database, clock, 2001)
    async with database.read() as session:
        entries = [it async for it in export_entries(session, WHO)]
    assert [it.subject_id for it in entries] == [str(it) for it in range(2001)]
    assert json.loads(json_line(entries[0]))["counts"] == {"results": 3}
    (row,) = csv.DictReader([csv_line(), csv_line(entries[7])])
    assert (tuple(row), row["subject_id"]) == (COLUMNS, "7")


def test_a_formula_is_none_in_csv(clock: ManualClock) -> None:
    entry = AuditEntry(at=clock.now(), actor="=1+1", counts={})
    assert "'=1+1" in csv_line(entry)


async def test_the_example_of_the_documentation(database: Database, clock: ManualClock) -> None:
    await note(database, clock, 2)
    names: dict[str, Any] = {}
    exec(next(text for kind, text in page("docs", "audit.md").code if kind == "python"), names)
    async with database.read() as session:
        lines = [json_line(it) async for it in export_entries(session, WHO)]
    assert names["actions"](lines) == {("owner", "search"): 2}
