"""Persons: listed, made, shown, renamed, merged and erased."""

from typing import Any

import pytest

from kith.accounts.principal import Principal
from kith.kit.pages import Page
from kith.people.reading import list_decisions
from kith.people.tables import DecisionKind
from tests.support.library import ANA, ANDRE
from tests.surfaces.conftest import Library

pytestmark = pytest.mark.models

FLAT = {"id", "name", "metadata", "face_count", "created_at", "updated_at"}

# Neither database could keep them, or they have not the form of a person.
NO_PERSONS = (
    '{"name": 5}', '{"name": ["Ana"]}', '{"metadata": []}', '{"metadata": "x"}', '{"metadata": {"x": NaN}}',
    '{"metadata": {"x": 1e999}}', '{"metadata": {"x": "\\u0000"}}', '{"metadata": {"x": "\\udfff"}}',
    '{"metadata": {"\\ud800": 1}}', f'{{"metadata": {{"x": "{"y" * 70_000}"}}}}', "[]", "nonsense", "",
)  # fmt: skip


async def made(library: Library, **body: object) -> dict[str, Any]:
    answer = await library.client.post("/persons", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestCreate:
    async def test_with_name_and_metadata(self, library: Library) -> None:
        person = await made(library, name="  Ana  ", metadata={"team": "blue", "numbers": [1, 2.5, None]})
        assert set(person) == FLAT
        assert (person["name"], person["face_count"]) == ("Ana", 0)
        assert person["metadata"] == {"team": "blue", "numbers": [1, 2.5, None]}
        assert await library.get("/persons") == [person]

    async def test_with_nothing(self, library: Library) -> None:
        person = await made(library)
        assert (person["name"], person["metadata"]) == (None, {})

    async def test_refuses_names_that_are_none(self, library: Library) -> None:
        for name in ("", "   ", "two\nlines", "a\0b", "x" * 5000, "tab\tbed", "\u2028"):
            answer = await library.client.post("/persons", json={"name": name})
            assert answer.status_code == 400, name
            assert isinstance(answer.json()["detail"], str)
        assert await library.get("/persons") == []

    async def test_refuses_other_shapes(self, library: Library) -> None:
        for body in NO_PERSONS:
            headers = {"content-type": "application/json"}
            answer = await library.client.post("/persons", content=body, headers=headers)
            assert answer.status_code == 422, (body, answer.text)
            assert len(answer.text) < 5000
        assert await library.get("/persons") == []

    async def test_takes_a_backslash_for_what_it_is(self, library: Library) -> None:
        assert (await made(library, metadata={"x": r"\u0000"}))["metadata"] == {"x": r"\u0000"}

    async def test_survives_deep_metadata(self, library: Library) -> None:
        made = 0
        for depth in (200, 2000, 100_000):
            body = '{"metadata": {"x": ' + "[" * depth + "]" * depth + "}}"
            headers = {"content-type": "application/json"}
            answer = await library.client.post("/persons", content=body, headers=headers)
            assert answer.status_code in {200, 400, 422}
            made += answer.status_code == 200
            assert len(await library.get("/persons")) == made


class TestList:
    async def test_by_id_in_pages(self, library: Library) -> None:
        ids = [(await made(library, name=f"person {number}"))["id"] for number in range(5)]
        assert [it["id"] for it in await library.get("/persons")] == ids
        assert [it["id"] for it in await library.get("/persons", skip=1, limit=2)] == ids[1:3]
        assert await library.get("/persons", skip=2**31 - 1) == []
        assert len(await library.get("/persons", limit=10**9)) == 5

    async def test_refuses_other_pages(self, sqlite_library: Library) -> None:
        for query in ("skip=-1", "skip=x", f"skip={2**63}", "limit=0", "limit=-5", "limit=", "limit=1.5"):
            for path in ("/persons", "/faces", "/persons/1/faces"):
                answer = await sqlite_library.client.get(f"{path}?{query}")
                assert answer.status_code == 422, (path, query)


class TestShow:
    async def test_flat_and_nested_at_once(self, library: Library) -> None:
        (face,) = (await library.detect(ANA[0]))["faces"]
        shown = await library.get(f"/persons/{face['person_id']}")
        assert set(shown) == {*FLAT, "person", "faces"}
        assert shown["person"] == {key: shown[key] for key in FLAT}
        assert shown["faces"] == [await library.get(f"/faces/{face['face_id']}")]

    async def test_faces_in_pages(self, library: Library) -> None:
        faces = [(await library.detect(name))["faces"][0] for name in ANA]
        path = f"/persons/{faces[0]['person_id']}/faces"
        assert [it["id"] for it in await library.get(path)] == [face["face_id"] for face in faces]
        assert [it["id"] for it in await library.get(path, skip=1, limit=1)] == [faces[1]["face_id"]]


class TestUpdate:
    async def test_changes_what_is_given(self, library: Library) -> None:
        person_id = (await made(library, name="Ana", metadata={"a": 1}))["id"]
        for body, name, metadata in [
            ({"name": "Anna"}, "Anna", {"a": 1}),
            ({"metadata": {"b": 2}}, "Anna", {"b": 2}),
            ({"name": None, "metadata": None}, "Anna", {"b": 2}),
            ({}, "Anna", {"b": 2}),
        ]:
            answer = await library.client.put(f"/persons/{person_id}", json=body)
            assert (answer.status_code, answer.json()["name"]) == (200, name)
            assert answer.json()["metadata"] == metadata

    async def test_is_a_decision_in_somebody_s_name(self, library: Library) -> None:
        person_id = (await made(library, name="Ana"))["id"]
        await library.client.put(f"/persons/{person_id}", json={"name": "Anna"})
        async with library.runtime.db.read() as session:
            last = (await list_decisions(session, Principal(), Page(), person_id))[0]
        assert (last.kind, last.actor) == (DecisionKind.RENAME, "api")

    async def test_a_bad_name_changes_nothing(self, library: Library) -> None:
        person = await made(library, name="Ana")
        body = {"name": "two\nlines", "metadata": {"b": 2}}
        assert (await library.client.put(f"/persons/{person['id']}", json=body)).status_code == 400
        assert (await library.get("/persons")) == [person]


class TestMerge:
    async def test_moves_faces_and_removes_sources(self, library: Library) -> None:
        ana, andre = [(await library.detect(name))["faces"][0]["person_id"] for name in (ANA[0], ANDRE[0])]
        other = (await made(library, name="Andre"))["id"]
        body = {"source_person_ids": [andre, other, andre], "target_person_id": ana}
        answer = await library.client.post("/persons/merge", json=body)
        assert answer.status_code == 200
        assert answer.json() == {
            "merged_person_id": ana, "faces_transferred": 1, "deleted_person_ids": [andre, other],
            "message": answer.json()["message"],
        }  # fmt: skip
        (person,) = await library.get("/persons")
        assert (person["id"], person["face_count"], person["name"]) == (ana, 2, "Andre")
        assert (await library.client.get(f"/persons/{andre}")).status_code == 404

    async def test_which_name_stays(self, library: Library) -> None:
        for keep_name, name in [(None, "Target"), (False, "Target"), (True, "Source"), ("Third", "Third")]:
            target, source = [(await made(library, name=it))["id"] for it in ("Target", "Source")]
            body = {"source_person_ids": [source], "target_person_id": target, "keep_name": keep_name}
            assert (await library.client.post("/persons/merge", json=body)).status_code == 200
            assert (await library.get(f"/persons/{target}"))["name"] == name

    async def test_refuses_itself_and_the_unknown(self, library: Library) -> None:
        one, two = [(await made(library, name=it))["id"] for it in ("One", "Two")]
        for sources, target, status in [
            ([one], one, 400), ([one, two], one, 400), ([999], one, 404), ([two], 999, 404), ([], one, 422),
            ([0], one, 422), ([-1], one, 422), ([2**63], one, 422), (["one"], one, 422), ([one], 2**31, 422),
        ]:  # fmt: skip
            body = {"source_person_ids": sources, "target_person_id": target}
            answer = await library.client.post("/persons/merge", json=body)
            assert answer.status_code == status, (sources, target, answer.text)
        assert [it["name"] for it in await library.get("/persons")] == ["One", "Two"]


class TestDelete:
    async def test_takes_the_faces_along(self, library: Library) -> None:
        for name in (ANA[0], ANA[1], ANDRE[0]):
            person_id = (await library.detect(name))["faces"][0]["person_id"]
        (ana, _) = await library.get("/persons")
        embedding = (await library.get(f"/persons/{ana['id']}"))["faces"][0]["embedding"]
        answer = await library.client.delete(f"/persons/{ana['id']}")
        assert (answer.status_code, set(answer.json())) == (200, {"message"})
        assert [it["id"] for it in await library.get("/persons")] == [person_id]
        assert [it["person_id"] for it in await library.get("/faces")] == [person_id]
        found = await library.client.post("/search", json={"embedding": embedding})
        assert found.json()["matches"] == []
        assert (await library.client.delete(f"/persons/{ana['id']}")).status_code == 404

    async def test_a_picture_of_them_later_is_somebody_new(self, library: Library) -> None:
        before = (await library.detect(ANA[0]))["faces"][0]
        await library.client.delete(f"/persons/{before['person_id']}")
        after = (await library.detect(ANA[0]))["faces"][0]
        assert after["face_id"] != before["face_id"]
        assert after["person_id"] != before["person_id"]
