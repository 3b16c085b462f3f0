"""The timeline, photos, and what is said of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from kith.accounts.principal import Principal
from kith.kit.cursors import encode
from kith.people.service import People
from kith.tenants.service import Quotas, Tenants
from tests.support.statements import counted_statements
from tests.surfaces.conftest import Library
from tests.surfaces.native.made import make_photo

AT = "/api/kith"
MAY, JUNE = datetime(2024, 5, 3, 10), datetime(2024, 6, 30, 23, 59, 59, 999999)


async def ids(library: Library, **query: Any) -> list[int]:
    return [it["photo_id"] for it in (await library.get(f"{AT}/photos", **query))["items"]]


async def patch(library: Library, photo_id: int, body: object, **headers: str) -> Any:
    return await library.client.patch(f"{AT}/photos/{photo_id}", json=body, headers=headers)


class TestTimeline:
    async def test_counts_months(self, library: Library) -> None:
        assert await library.get(f"{AT}/timeline") == {"total": 0, "buckets": []}
        for moment in (MAY, JUNE, MAY + timedelta(days=28), datetime(1, 1, 1), None):
            await make_photo(library, moment)
        with counted_statements() as statements:
            found = await library.get(f"{AT}/timeline")
        now = datetime.now(UTC).strftime("%Y-%m")
        months = [("2024-06", 1), ("2024-05", 2), ("0001-01", 1)]
        assert found["total"] == 5
        assert [(it["month"], it["count"]) for it in found["buckets"]] == [(now, 1), *months]
        assert len([it for it in statements.sent if "photos" in it]) == 1

    async def test_is_not_sent_twice(self, library: Library) -> None:
        await make_photo(library, MAY)
        tag = (await library.client.get(f"{AT}/timeline")).headers["etag"]
        again = await library.client.get(f"{AT}/timeline", headers={"if-none-match": f'W/"x", {tag}'})
        assert (again.status_code, again.content) == (304, b"")
        await make_photo(library, MAY)
        assert (await library.client.get(f"{AT}/timeline", headers={"if-none-match": tag})).status_code == 200


class TestPages:
    async def test_go_on_where_they_ended(self, library: Library) -> None:
        made = [(await make_photo(library, MAY))[0] for _ in range(5)]
        made.append((await make_photo(library, JUNE))[0])
        seen, cursor = [], None
        while True:
            page = await library.get(f"{AT}/photos", limit=2, **({"cursor": cursor} if cursor else {}))
            seen += [it["photo_id"] for it in page["items"]]
            if (cursor := page["next_cursor"]) is None:
                break
            await make_photo(library, JUNE)  # what comes in before it moves nothing behind it
        assert seen == made[::-1]

    async def test_of_a_month_or_day(self, library: Library) -> None:
        (may, _), (june, _) = await make_photo(library, MAY), await make_photo(library, JUNE)
        assert await ids(library, month="2024-05") == [may]
        assert await ids(library, day="2024-06-30") == [june]
        assert await ids(library, day="2024-05-04") == await ids(library, day="9999-12-31") == []

    async def test_of_a_person(self, library: Library) -> None:
        photo, (face,) = await make_photo(library, MAY, axes=(1,))
        await make_photo(library, MAY, axes=(2,))
        async with library.runtime.db.write() as session:
            _, person = await People(session, Principal(), library.runtime.clock).assign([face], name="Ada")
        assert await ids(library, person_id=person.id) == [photo]
        assert (await library.get(f"{AT}/timeline", person_id=person.id))["total"] == 1
        assert await ids(library, person_id=person.id + 1) == await ids(library, gallery_id=77) == []

    async def test_what_is_no_page(self, sqlite_library: Library) -> None:
        client = sqlite_library.client
        aware = encode(datetime(2024, 5, 1, tzinfo=UTC), 1)
        for cursor in ("x", "W10", aware, encode("2024", 1), encode(datetime(2024, 5, 1), "1")):
            answer = await client.get(f"{AT}/photos", params={"cursor": cursor})
            assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid"), cursor
        for query in (
            "limit=0",
            "limit=1001",
            "month=2024-13",
            "day=2024-02-30",
            "rating_min=6",
            "person_id=0",
        ):
            assert (await client.get(f"{AT}/photos?{query}")).status_code == 422, query

    async def test_a_cursor_beyond_all_keys(self, library: Library) -> None:
        await make_photo(library, MAY)
        assert await ids(library, cursor=encode(JUNE, 2**62)) != []

    async def test_ask_as_often_for_many(self, library: Library) -> None:
        sent = []
        for count in (1, 20):
            for _ in range(count):
                await make_photo(library, MAY, axes=(1, 2))
            with counted_statements() as statements:
                page = await library.get(f"{AT}/photos")
            sent.append(len(statements))
            assert page["items"][0]["face_count"] == 2
        assert sent[0] == sent[1]


class TestPhoto:
    async def test_is_told_with_its_faces(self, library: Library) -> None:
        photo, (face, other) = await make_photo(library, MAY, axes=(1, 2))
        async with library.runtime.db.write() as session:
            people = People(session, Principal(), library.runtime.clock)
            _, person = await people.assign([face], name="Ada")
            await people.ignore([other])
        found = await library.get(f"{AT}/photos/{photo}")
        assert (found["face_count"], found["taken_at"], found["gallery"]["slug"]) == (
            1, "2024-05-03T10:00:00", "library",
        )  # fmt: skip
        assert found["files"][0]["storage"] == "folder"
        first, second = found["faces"]
        assert first["box"] == {"x": 0, "y": 0, "width": pytest.approx(0.08), "height": pytest.approx(0.16)}
        assert first["person"] == {"person_id": person.id, "name": "Ada"}
        assert (second["person"], second["is_ignored"], first["version"]) == (None, True, found["version"])

    async def test_what_is_not_there(self, library: Library) -> None:
        async with library.runtime.db.write() as session:
            tenant = await Tenants(session, Principal(), library.runtime.clock).create("theirs", Quotas())
        theirs, _ = await make_photo(library, MAY, who=Principal(tenant.id))
        for photo in (theirs, theirs + 1, 2**31 - 1):
            for path in ("", "/neighbours", "/thumbnail", "/preview", "/file"):
                answer = await library.client.get(f"{AT}/photos/{photo}{path}")
                assert (answer.status_code, answer.json()["code"]) == (404, "photo_not_found")
        assert await ids(library) == []
        body = {"photo_ids": [theirs], "title": "mine"}
        for verb in ("edit", "trash", "restore", "delete"):
            answer = await library.client.post(
                f"{AT}/photos/{verb}", json=body if verb == "edit" else {"photo_ids": [theirs]}
            )
            assert answer.json() == {"photo_ids": []}

    async def test_has_neighbours(self, library: Library) -> None:
        first, second, third = [(await make_photo(library, MAY))[0] for _ in range(3)]
        path = f"{AT}/photos/{second}/neighbours"
        assert await library.get(path) == {"previous_photo_id": third, "next_photo_id": first}
        await patch(library, third, {"is_favourite": True})
        found = await library.get(path, favourite=True)
        assert found == {"previous_photo_id": third, "next_photo_id": None}


class TestEditing:
    async def test_says_what_is_named(self, library: Library) -> None:
        photo, _ = await make_photo(library, MAY)
        told = {"title": "Lake 🏞", "caption": "x" * 2000, "rating": 4, "is_favourite": True}
        assert told.items() <= (await patch(library, photo, told)).json().items()
        assert await ids(library, favourite=True) == await ids(library, rating_min=4) == [photo]
        assert await ids(library, favourite=False) == await ids(library, rating_min=5) == []
        found = (await patch(library, photo, {"title": None, "taken_at": "2020-01-01T00:00:00+02:00"})).json()
        assert (found["title"], found["rating"], found["taken_offset_minutes"]) == (None, 4, 120)
        assert found["shown_at"] == "2020-01-01T00:00:00"
        assert (await library.get(f"{AT}/timeline"))["buckets"] == [{"month": "2020-01", "count": 1}]
        found = (await patch(library, photo, {"taken_at": None})).json()
        assert found["shown_at"][:16] == found["created_at"][:16]

    async def test_only_of_what_was_read(self, library: Library) -> None:
        photo, _ = await make_photo(library, MAY)
        tag = (await library.client.get(f"{AT}/photos/{photo}")).headers["etag"]
        changed = await patch(library, photo, {"rating": 1}, **{"if-match": tag})
        stale = await patch(library, photo, {"rating": 2}, **{"if-match": tag})
        assert (changed.status_code, stale.status_code, stale.json()["code"]) == (200, 412, "photo_changed")
        again = await patch(library, photo, {"rating": 3}, **{"if-match": changed.headers["etag"]})
        assert again.json()["rating"] == 3

    async def test_many_at_once(self, library: Library) -> None:
        made = [(await make_photo(library, MAY))[0] for _ in range(3)]
        body = {"photo_ids": [*made, 9999, made[0]], "rating": 2, "taken_at": "2021-02-03T04:05:06"}
        answer = await library.client.post(f"{AT}/photos/edit", json=body)
        assert answer.json() == {"photo_ids": made}
        assert await ids(library, month="2021-02", rating_min=2) == made[::-1]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"title": "x" * 501}, 422), ({"caption": 1}, 422), ({"rating": 6}, 422), ({"rating": -1}, 422),
            ({"is_favourite": None}, 422), ({"taken_at": "soon"}, 422), ({"name": "x"}, 422), ([], 422),
            ({"title": "a\0b"}, 400), ({}, 200),
        ],
    )  # fmt: skip
    async def test_what_cannot_be_said(self, sqlite_library: Library, body: object, status: int) -> None:
        photo, _ = await make_photo(sqlite_library, MAY)
        assert (await patch(sqlite_library, photo, body)).status_code == status

    async def test_what_is_no_list_of_photos(self, sqlite_library: Library) -> None:
        for photo_ids in ([], [0], [2**31], ["x"], list(range(1, 1002)), None):
            for verb in ("edit", "trash", "restore", "delete"):
                answer = await sqlite_library.client.post(
                    f"{AT}/photos/{verb}", json={"photo_ids": photo_ids}
                )
                assert answer.status_code == 422


class TestPlans:
    async def test_months_are_counted_in_the_index_alone(self, sqlite_library: Library) -> None:
        """Also with a filter; no row of a photo is read."""
        for query in ({}, {"favourite": True}, {"rating_min": 3}):
            with counted_statements() as statements:
                await sqlite_library.get(f"{AT}/timeline", **query)
            (sent,) = [it for it in statements.sent if "FROM photos" in it]
            async with sqlite_library.runtime.db.read() as session:
                plain = sent.replace("?", "1")
                plan = [row[3] for row in await session.execute(text(f"EXPLAIN QUERY PLAN {plain}"))]
            assert any("COVERING INDEX ix_photos_timeline" in step for step in plan), plan
            assert not any("TEMP B-TREE" in step for step in plan), plan
