"""The review queue over HTTP: what is asked first, and what answers do."""

from collections.abc import Sequence

import pytest

from kith.faces.tables import Face, FaceState
from tests.support.album import Album
from tests.support.people import near

pytestmark = pytest.mark.models


async def suggest(album: Album, face_ids: Sequence[int], person_id: int, similarity: float = 0.7) -> None:
    """As identification leaves faces that are probably somebody's."""
    async with album.runtime.db.write() as session:
        for face_id in face_ids:
            face = await session.get_one(Face, face_id)
            face.suggested_person_id, face.similarity = person_id, similarity
            face.state = FaceState.SUGGESTED if face.person_id is None else FaceState.GROUPED


async def answer(album: Album, question: dict, same: object) -> dict:
    return (await album.post(f"/review/{question['question_id']}/answer", {"same": same}))["decision"]


class TestQueue:
    async def test_what_settles_most_comes_first(self, album: Album) -> None:
        ada = await album.person("Ada", await album.faces(1, 2))
        bea = await album.person("Bea", await album.faces(2, 1))
        many = [(await album.photo(near(40, seed=seed)))[0] for seed in range(15)]
        few = [(await album.photo(near(41, seed=seed)))[0] for seed in range(2)]
        await suggest(album, many, ada)
        await suggest(album, few, bea, 0.9)
        queue = await album.get("/review")
        assert [(it["person"]["name"], it["settles"], len(it["faces"])) for it in queue["items"]] == [
            ("Ada", 12, 12), ("Ada", 3, 3), ("Bea", 2, 2),
        ]  # fmt: skip
        assert queue["left"] == {"questions": 3, "faces": 17}
        assert queue["seconds_left_estimate"] == 12
        assert queue["items"][2]["similarity"] == pytest.approx(0.9)
        first = queue["items"][0]["question_id"]
        rest = (await album.get("/review", skip=first))["items"]
        assert [it["settles"] for it in rest] == [3, 2]
        assert [it["settles"] for it in (await album.get("/review", limit=1))["items"]] == [12]

    async def test_of_nothing(self, album: Album) -> None:
        nothing = {"items": [], "left": {"questions": 0, "faces": 0}, "seconds_left_estimate": 0}
        assert await album.get("/review") == nothing
        for query in ({"limit": 0}, {"limit": 51}, {"skip": ["x"] * 201}):
            assert (await album.refused("GET", "/review", **query))[0] == 422

    async def test_hidden_persons_are_not_asked_about(self, album: Album) -> None:
        ada = await album.person("Ada", await album.faces(1, 2))
        await suggest(album, await album.faces(41, 2), ada)
        await album.patch(f"/people/{ada}", is_hidden=True)
        assert (await album.get("/review"))["items"] == []

    async def test_groups_like_somebody_who_has_a_name(self, album: Album) -> None:
        ada = await album.person("Ada", await album.faces(1, 3))
        alike = await album.person(None, await album.faces(1, 4, first=10))
        await album.person(None, await album.faces(2, 2))
        (question,) = (await album.get("/review"))["items"]
        assert (question["person"]["person_id"], question["group_id"], question["settles"]) == (ada, alike, 4)
        different = await answer(album, question, same=False)
        assert (different["kind"], (await album.get("/review"))["items"]) == ("reject", [])
        await album.post(f"/decisions/{different['decision_id']}/undo")
        (question,) = (await album.get("/review"))["items"]
        merged = await answer(album, question, same=True)
        assert (merged["kind"], (await album.get(f"/people/{ada}"))["face_count"]) == ("merge", 7)
        path = f"/review/{question['question_id']}/answer"
        assert await album.refused("POST", path, {"same": True}) == (409, "question_settled")


class TestAnswer:
    async def test_same_different_and_skip(self, album: Album) -> None:
        ada = await album.person("Ada", await album.faces(1, 2))
        faces = await album.faces(41, 3)
        await suggest(album, faces, ada)
        (question,) = (await album.get("/review"))["items"]
        assert await answer(album, question, same="skip") is None
        done = await answer(album, question, same=True)
        assert (done["kind"], done["face_ids"], done["person_id"]) == ("confirm", faces, ada)
        assert (await album.get(f"/people/{ada}"))["face_count"] == 5
        await album.post(f"/decisions/{done['decision_id']}/undo")
        done = await answer(album, question, same=False)
        assert (done["kind"], done["person_id"]) == ("reject", ada)
        path = f"/review/{question['question_id']}/answer"
        assert await album.refused("POST", path, {"same": False}) == (409, "question_settled")

    async def test_leaves_out_what_was_decided_meanwhile(self, album: Album) -> None:
        ada, bea = [await album.person(it, await album.faces(at, 1)) for at, it in ((1, "Ada"), (2, "Bea"))]
        faces = await album.faces(41, 2)
        await suggest(album, faces, ada)
        (question,) = (await album.get("/review"))["items"]
        await album.decide("assign", faces[:1], person_id=bea)
        assert (await answer(album, question, same=True))["face_ids"] == faces[1:]
        assert (await album.get(f"/people/{bea}"))["face_count"] == 2

    async def test_of_a_group_that_is_suggested_to_be_somebody(self, album: Album) -> None:
        ada = await album.person("Ada", await album.faces(1, 1))
        group = await album.faces(2, 4)
        group_id = await album.person(None, group)
        await suggest(album, group, ada)
        (question,) = (await album.get("/review"))["items"]
        assert (question["group_id"], question["settles"]) == (group_id, 4)
        assert (await answer(album, question, same=True))["kind"] == "merge"

    async def test_refuses_what_is_no_question(self, album: Album) -> None:
        for question in ("x", "WyJmYWNlcyJd", "a" * 400, "WyJncm91cCIsMV0"):
            path = f"/review/{question}/answer"
            assert await album.refused("POST", path, {"same": True}) == (404, "question_not_found")
        for body in ({}, {"same": None}, {"same": "perhaps"}, {"same": 2}, None):
            assert (await album.refused("POST", "/review/x/answer", body))[0] == 422
