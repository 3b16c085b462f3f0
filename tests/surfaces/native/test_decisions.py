"""The history of decisions over the native surface, and taking them back."""

import asyncio

import pytest

from tests.support.album import Album
from tests.support.statements import counted_statements

pytestmark = pytest.mark.models


class TestHistory:
    async def test_newest_first_with_what_it_is_about(self, album: Album) -> None:
        faces = await album.faces(1, 3)
        ada = await album.person("Ada", faces)
        await album.patch(f"/people/{ada}", name="Ida")
        await album.decide("unassign", faces[:1])
        past = await album.every("/decisions", 1)
        assert [it["kind"] for it in past] == ["unassign", "rename", "assign"]
        unassign, rename, assign = past
        assert (assign["face_count"], assign["person_count"], assign["person_ids"]) == (3, 1, [ada])
        assert rename["names"] == [{"person_id": ada, "before": "Ada", "after": "Ida"}]
        assert (unassign["names"], unassign["undone_at"], unassign["actor"]) == ([], None, "api")

    async def test_of_a_person_or_a_face(self, album: Album) -> None:
        one, two = await album.faces(1, 1), await album.faces(2, 1)
        ada, bea = await album.person("Ada", one), await album.person("Bea", two)
        merged = await album.post("/people/merge", {"into": ada, "from": [bea]})
        assert len(await album.every("/decisions", 10, person_id=bea)) == 2
        found = await album.every("/decisions", 10, face_id=two[0])
        assert found[0]["decision_id"] == merged["decision_id"]
        assert [it["kind"] for it in await album.every("/decisions", 10, face_id=one[0])] == ["assign"]
        assert await album.every("/decisions", 10, face_id=one[0], person_id=bea) == []

    async def test_sends_as_many_statements_for_many(self, album: Album) -> None:
        counts: list[int] = []
        for number in range(8):
            await album.post("/people", {"name": f"Person {number}"})
            if number in {1, 7}:
                await album.get("/decisions")  # opens what has to be opened
                with counted_statements() as statements:
                    await album.get("/decisions")
                counts.append(len(statements))
        assert 0 < counts[0] == counts[1] < 10


class TestUndo:
    async def test_twice_is_told(self, album: Album) -> None:
        faces = await album.faces(1, 2)
        ada = await album.person("Ada", faces)
        rejected = await album.decide("reject", faces[:1])
        undone = await album.post(f"/decisions/{rejected['decision_id']}/undo")
        assert (undone["kind"], undone["restored"], undone["kept"]) == ("reject", 1, 0)
        assert (await album.get(f"/people/{ada}"))["face_count"] == 2
        answer = await album.client.post(f"/api/kith/decisions/{rejected['decision_id']}/undo")
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_undo")
        assert answer.json()["undone_at"][:19] == undone["undone_at"][:19]
        assert await album.refused("POST", "/decisions/99/undo") == (404, "decision_not_found")
        (past,) = [it for it in await album.every("/decisions", 9) if it["kind"] == "reject"]
        assert (past["undone_by"], past["undone_at"]) == ("api", undone["undone_at"])

    async def test_at_once_is_done_once(self, album: Album) -> None:
        await album.person("Ada", await album.faces(1, 2))
        (past,) = (await album.get("/decisions"))["items"]
        path = f"/api/kith/decisions/{past['decision_id']}/undo"
        answers = await asyncio.gather(*(album.client.post(path) for _ in range(4)))
        assert sorted(it.status_code for it in answers) == [200, 409, 409, 409]

    async def test_the_last_that_stands(self, album: Album) -> None:
        assert await album.refused("POST", "/decisions/undo") == (409, "nothing_to_undo")
        for name in ("Ada", "Bea"):
            await album.post("/people", {"name": name})
        for left in (["Ada"], []):
            await album.post("/decisions/undo")
            assert [it["name"] for it in (await album.get("/people"))["items"]] == left
