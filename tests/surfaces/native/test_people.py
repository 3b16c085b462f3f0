"""Persons over the native surface: listed, found by name, changed, merged, split and erased."""

from datetime import datetime
from unicodedata import normalize

import pytest

from tests.support.album import Album
from tests.support.people import near
from tests.support.statements import counted_statements

pytestmark = pytest.mark.models

# What is typed, and whom it is a beginning of.
SPELLED = {
    "zoe": "Zoë Łoś", "LOS": "Zoë Łoś", normalize("NFD", "Zoë"): "Zoë Łoś", "grosse": "Größe",
    "o'n": "O'Neil",
    "مُحَمَّد": "محمد علي", "علي": "محمد علي", "רבין": "יצחק רבין", "दे": "देवी",
    "小明": "王小明", "기": "김철수", "くら": "さくら",
}  # fmt: skip


async def made(album: Album, name: str | None) -> int:
    return (await album.post("/people", {"name": name}))["person_id"]


class TestList:
    async def test_in_each_order_in_pages(self, album: Album) -> None:
        for axis, (name, count) in enumerate([("Émile", 1), ("Bea", 3), ("ada", 2), ("Cem", 2)]):
            await album.person(name, await album.faces(axis + 1, count))
        for sort, names in [
            ("count", ["Bea", "ada", "Cem", "Émile"]), ("name", ["ada", "Bea", "Cem", "Émile"]),
            ("recent", ["Cem", "ada", "Bea", "Émile"]),
        ]:  # fmt: skip
            for limit in (1, 3, 100):
                found = await album.every("/people", limit, sort=sort, kind="named")
                assert [it["name"] for it in found] == names, (sort, limit)

    async def test_a_tile(self, album: Album) -> None:
        poor = (await album.photo(near(1), quality=0.2))[0]
        good, other = await album.photo(near(1, seed=1), near(2), quality=0.8)
        person_id = await album.person("Ada", [poor, good])
        await album.person(None, [other])
        (ada,) = (await album.get("/people", kind="named"))["items"]
        assert (ada["person_id"], ada["face_count"], ada["photo_count"]) == (person_id, 2, 2)
        assert ada["cover"]["face_id"] == good
        assert len(ada["cover"]["version"]) == 12
        chosen = await album.patch(f"/people/{person_id}", cover_face_id=poor)
        assert chosen["person"]["cover"]["face_id"] == poor
        back = await album.patch(f"/people/{person_id}", cover_face_id=None)
        assert back["person"]["cover"]["face_id"] == good

    async def test_kinds_and_counts(self, album: Album) -> None:
        named = await album.person("Ada", await album.faces(1, 1))
        unnamed = await album.person(None, await album.faces(2, 1))
        hidden = await album.person("Bob", await album.faces(3, 1))
        gone = await album.person(None, emptied := await album.faces(4, 1))
        await album.patch(f"/people/{hidden}", is_hidden=True)
        await album.decide("unassign", emptied)
        for kind, expected in [("named", named), ("unnamed", unnamed), ("hidden", hidden)]:
            page = await album.get("/people", kind=kind)
            assert [it["person_id"] for it in page["items"]] == [expected]
            assert page["counts"] == {"named": 1, "unnamed": 1, "hidden": 1}
        everybody = {it["person_id"] for it in (await album.get("/people"))["items"]}
        assert everybody == {named, unnamed, gone}

    async def test_by_a_beginning_of_the_name(self, album: Album) -> None:
        for name in ("José Ángel", "Angela", "Mangel", "100% Ann_a"):
            await made(album, name)
        for q, names in [
            ("ANGEL", {"José Ángel", "Angela"}),
            ("jose", {"José Ángel"}),
            ("%", set()),
            ("", None),
        ]:
            found = {it["name"] for it in (await album.get("/people", q=q, sort="name"))["items"]}
            assert found == names or (not q.strip("%") and len(found) == 4)

    async def test_refuses_cursors_of_other_lists(self, album: Album) -> None:
        await made(album, "Ada")
        await made(album, "Bob")
        cursor = (await album.get("/people", sort="count", limit=1))["next_cursor"]
        for query in ({"sort": "name", "cursor": cursor}, {"cursor": "x"}, {"cursor": ""}):
            assert await album.refused("GET", "/people", **query) == (400, "cursor_invalid")
        for query in ({"limit": 0}, {"limit": 1001}, {"sort": "x"}, {"kind": "x"}):
            assert (await album.refused("GET", "/people", **query))[0] == 422

    async def test_sends_as_many_statements_for_many(self, album: Album) -> None:
        counts: list[int] = []
        for number in range(12):
            await album.person(f"Person {number}", await album.faces(number + 1, 1))
            if number in {1, 11}:
                await album.get("/people")  # opens what has to be opened
                with counted_statements() as statements:
                    await album.get("/people")
                counts.append(len(statements))
        assert counts[0] == counts[1] < 12


class TestComplete:
    async def test_in_any_script(self, album: Album) -> None:
        for name in dict.fromkeys(SPELLED.values()):
            await made(album, name)
        for q, name in SPELLED.items():
            found = (await album.get("/people/complete", q=q))["items"]
            assert [it["name"] for it in found] == [name], q

    async def test_most_faces_first_and_at_most_ten(self, album: Album) -> None:
        for number in range(12):
            await made(album, f"Ann {number}")
        most = await album.person("Anna", await album.faces(1, 2))
        found = (await album.get("/people/complete", q="an"))["items"]
        assert (len(found), found[0]["person_id"]) == (10, most)
        for q in ("", "  ", "%", "_", "nobody"):
            assert (await album.get("/people/complete", q=q))["items"] == []
        assert (await album.refused("GET", "/people/complete", q="x" * 201))[0] == 422


class TestShow:
    async def test_years_and_dates(self, album: Album) -> None:
        taken = [datetime(2019, 5, 1), datetime(2021, 1, 2, 3), datetime(2021, 12, 31)]
        faces = [(await album.photo(near(1, seed=it.year), taken=it))[0] for it in taken]
        shown = await album.get(f"/people/{await album.person('Ada', faces)}")
        assert shown["years"] == [{"year": 2021, "photo_count": 2}, {"year": 2019, "photo_count": 1}]
        assert (shown["first_photo_at"][:10], shown["last_photo_at"][:10]) == ("2019-05-01", "2021-12-31")

    async def test_who_was_merged_away_is_somebody_else(self, album: Album) -> None:
        first, second, third = [await made(album, name) for name in ("A", "B", "C")]
        await album.post("/people/merge", {"into": second, "from": [first]})
        await album.post("/people/merge", {"into": third, "from": [second]})
        for path in (f"/people/{first}", f"/people/{first}/faces", f"/people/{first}/groups"):
            answer = await album.client.get(f"/api/kith{path}")
            assert (answer.status_code, answer.json()["code"]) == (409, "person_merged")
            assert answer.json()["person_id"] == third
        assert await album.refused("GET", "/people/99") == (404, "person_not_found")


class TestChange:
    async def test_each_thing_is_a_decision_that_can_be_taken_back(self, album: Album) -> None:
        (face,) = await album.faces(1, 1)
        person_id = await album.person("Ada", [face])
        changed = await album.patch(
            f"/people/{person_id}", name="Ida", born_on="1990-02-28", is_hidden=True, cover_face_id=face
        )
        assert [it["kind"] for it in changed["decisions"]] == ["rename", "describe", "hide", "cover"]
        assert (changed["person"]["name"], changed["person"]["born_on"]) == ("Ida", "1990-02-28")
        for decision in changed["decisions"]:
            await album.post(f"/decisions/{decision['decision_id']}/undo")
        shown = await album.get(f"/people/{person_id}")
        assert (shown["name"], shown["born_on"], shown["is_hidden"]) == ("Ada", None, False)
        assert [it["name"] for it in (await album.get("/people", q="ad"))["items"]] == ["Ada"]

    async def test_what_is_so_already_is_none(self, album: Album) -> None:
        person_id = await made(album, "Ada")
        for body in ({}, {"name": "Ada"}, {"is_hidden": None}, {"born_on": None}):
            assert (await album.patch(f"/people/{person_id}", **body))["decisions"] == []
        gone = await album.patch(f"/people/{person_id}", name=None)
        assert (gone["person"]["name"], len(gone["decisions"])) == (None, 1)

    async def test_refuses_what_cannot_be_and_changes_nothing(self, album: Album) -> None:
        person_id = await made(album, "Ada")
        (face,) = await album.faces(1, 1)
        for body, status in [
            ({"name": "  "}, 400), ({"name": "a\nb"}, 400), ({"name": "x" * 300}, 400), ({"name": 1}, 422),
            ({"born_on": "yesterday"}, 422), ({"name": "Bea", "cover_face_id": face}, 400),
            ({"name": "Bea", "cover_face_id": 99}, 404), ({"x": 1}, 422), ([], 422), (None, 422),
        ]:  # fmt: skip
            assert (await album.refused("PATCH", f"/people/{person_id}", body))[0] == status, body
        assert (await album.get(f"/people/{person_id}"))["name"] == "Ada"


class TestMerge:
    async def test_a_preview_tells_what_happens(self, album: Album) -> None:
        together = await album.photo(near(1), near(2))
        ada = await album.person("Ada", [together[0]])
        bea = await album.person("Bea", [together[1], *await album.faces(2, 2, first=1)])
        told = await album.get("/people/merge/preview", **{"into": ada, "from": [bea]})
        assert (told["face_count"], told["photo_count"], told["name"]) == (3, 3, "Ada")
        assert (told["clash_count"], told["from"]) == (1, [bea])
        assert told["clashes"][0]["face_ids"] == together
        merged = await album.post("/people/merge", {"into": ada, "from": [bea]})
        assert (merged["kind"], merged["person_id"], len(merged["face_ids"])) == ("merge", ada, 3)
        assert (await album.get(f"/people/{ada}"))["face_count"] == 4
        await album.post(f"/decisions/{merged['decision_id']}/undo")
        assert (await album.get(f"/people/{bea}"))["face_count"] == 3

    async def test_refuses_itself_nobody_and_too_many(self, album: Album) -> None:
        ada, bea = [await made(album, name) for name in ("Ada", "Bea")]
        for into, others, status in [
            (ada, [ada], 400), (ada, [], 422), (ada, [99], 404), (99, [ada], 404), (ada, [0], 422),
            (ada, [2**31], 422), (ada, list(range(1, 102)), 422),
        ]:  # fmt: skip
            body = {"into": into, "from": others}
            assert (await album.refused("POST", "/people/merge", body))[0] == status, body
            assert (await album.refused("GET", "/people/merge/preview", **body))[0] == status, body
        assert (await album.get(f"/people/{bea}"))["name"] == "Bea"


class TestSplit:
    async def test_groups_tell_apart_who_was_mixed_up(self, album: Album) -> None:
        mixed = [*await album.faces(1, 4), *await album.faces(2, 3), *await album.faces(3, 1)]
        person_id = await album.person("Ada", mixed)
        groups = (await album.get(f"/people/{person_id}/groups"))["items"]
        assert [(it["kind"], it["size"]) for it in groups] == [("group", 4), ("group", 3), ("rest", 1)]
        assert set(groups[1]["face_ids"]) == set(mixed[4:7])
        split = await album.post(f"/people/{person_id}/split", {"face_ids": mixed[4:7], "name": "Bea"})
        assert (split["kind"], len(split["face_ids"])) == ("split", 3)
        bea = split["person_id"]
        body = {"face_ids": mixed[7:], "person_id": bea}
        assert (await album.post(f"/people/{person_id}/split", body))["person_id"] == bea
        assert (await album.get(f"/people/{bea}"))["face_count"] == 4
        for _ in range(2):
            await album.post("/decisions/undo")
        assert (await album.get(f"/people/{person_id}"))["face_count"] == 8
        assert (await album.refused("GET", f"/people/{bea}"))[0] == 404

    async def test_groups_of_nobody(self, album: Album) -> None:
        person_id = await made(album, "Ada")
        nothing = {"items": [], "face_count": 0, "is_sample": False}
        assert await album.get(f"/people/{person_id}/groups") == nothing

    async def test_refuses(self, album: Album) -> None:
        faces = await album.faces(1, 2)
        ada, (other,) = await album.person("Ada", faces), await album.faces(2, 1)
        for body, status in [
            ({"face_ids": []}, 422), ({"face_ids": faces}, 400), ({"face_ids": [other]}, 400),
            ({"face_ids": [99]}, 404), ({"face_ids": faces[:1], "person_id": ada}, 400),
            ({"face_ids": faces[:1], "person_id": 99}, 404), ({"face_ids": list(range(1, 2002))}, 422),
            ({"face_ids": faces[:1], "person_id": ada, "name": "x"}, 422),
        ]:  # fmt: skip
            assert (await album.refused("POST", f"/people/{ada}/split", body))[0] == status, body


class TestErase:
    async def test_faces_stay_unless_told(self, album: Album) -> None:
        for delete_faces in (False, True):
            faces = await album.faces(1, 2, first=10 * delete_faces)
            person_id = await album.person("Ada", faces)
            answer = await album.client.delete(
                f"/api/kith/people/{person_id}", params={"delete_faces": delete_faces}
            )
            assert answer.json() == {"person_id": person_id, "face_count": 2}
            restored = await album.client.post(
                "/api/kith/faces/decide", json={"action": "assign", "face_ids": faces}
            )
            assert restored.status_code == (404 if delete_faces else 200)
            assert (await album.refused("DELETE", f"/people/{person_id}"))[0] == 404
