"""Faces over the native surface: decided about, many at once, and drawn by hand."""

import asyncio

import pytest

from tests.support.album import Album
from tests.support.library import ANA
from tests.support.people import near
from tests.surfaces.conftest import Library

pytestmark = pytest.mark.models


class TestDecide:
    async def test_one_decision_for_all(self, album: Album) -> None:
        faces = await album.faces(1, 3)
        done = await album.decide("assign", faces, name="Ada")
        assert (done["kind"], done["face_ids"]) == ("assign", faces)
        again = await album.decide("assign", await album.faces(2, 1), name="ada ")
        assert again["person_id"] == done["person_id"]
        assert (await album.get(f"/people/{done['person_id']}"))["face_count"] == 4
        await album.post(f"/decisions/{again['decision_id']}/undo")
        await album.post(f"/decisions/{done['decision_id']}/undo")
        assert (await album.get("/people"))["items"] == []

    async def test_each_action(self, album: Album) -> None:
        faces = await album.faces(1, 3)
        ada = await album.person("Ada", faces)
        path = f"/people/{ada}/faces"
        for action, left in [("reject", 2), ("unassign", 1), ("ignore", 0)]:
            face = (await album.get(path))["items"][0]
            done = await album.decide(action, [face["face_id"]])
            assert (done["kind"], done["face_ids"]) == (action, [face["face_id"]])
            assert len((await album.get(path))["items"]) == left
        await album.decide("restore", faces)
        await album.decide("assign", faces[:1], person_id=ada)
        (shown,) = (await album.get(path, state="confirmed"))["items"]
        assert shown["box"] == {"x": 0.0, "y": 0.0, "width": 0.08, "height": 0.08}
        assert (shown["state"], shown["similarity"]) == ("confirmed", None)

    async def test_suggestions_are_confirmed_and_rejected(self, album: Album) -> None:
        ada = await album.person("Ada", await album.faces(1, 3))
        maybe = [(await album.photo(near(1, 0.55, seed=seed)))[0] for seed in (20, 21)]
        await album.identify()
        waiting = (await album.get(f"/people/{ada}/faces", state="suggested"))["items"]
        if not waiting:  # as alike as that, they were recognised
            waiting = (await album.get(f"/people/{ada}/faces", state="auto"))["items"]
        assert [it["face_id"] for it in waiting] == maybe
        confirmed = await album.decide("confirm", maybe[:1])
        assert confirmed["person_id"] == ada
        await album.decide("reject", maybe[1:], person_id=ada)
        assert (await album.get(f"/people/{ada}"))["face_count"] == 4
        assert await album.refused("POST", "/faces/decide", {"action": "confirm", "face_ids": maybe[1:]}) == (
            409, "nobody_suggested",
        )  # fmt: skip

    async def test_a_name_of_two_is_asked_about(self, album: Album) -> None:
        two = [(await album.post("/people", {"name": "Ann"}))["person_id"] for _ in range(2)]
        faces = await album.faces(1, 1)
        body = {"action": "assign", "face_ids": faces, "name": "ANN"}
        answer = await album.client.post("/api/kith/faces/decide", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "name_ambiguous")
        assert answer.json()["person_ids"] == two

    async def test_a_new_name_given_twice_at_once_is_one_person(self, album: Album) -> None:
        faces = await album.faces(1, 4)
        done = await asyncio.gather(*(album.decide("assign", [face], name="Ada") for face in faces))
        assert len({it["person_id"] for it in done}) == 1
        assert len((await album.get("/people"))["items"]) == 1

    async def test_refuses_and_changes_nothing(self, album: Album) -> None:
        faces = await album.faces(1, 2)
        for body, status in [
            ({"action": "assign", "face_ids": []}, 422), ({"action": "assign", "face_ids": [99]}, 404),
            ({"action": "assign", "face_ids": [*faces, 99], "name": "Ada"}, 404),
            ({"action": "assign", "face_ids": faces, "person_id": 99}, 404),
            ({"action": "assign", "face_ids": faces, "person_id": 1, "name": "x"}, 400),
            ({"action": "confirm", "face_ids": faces, "person_id": 1}, 400),
            ({"action": "reject", "face_ids": faces, "name": "x"}, 400),
            ({"action": "assign", "face_ids": faces, "name": "\n"}, 400),
            ({"action": "assign", "face_ids": list(range(1, 1002))}, 422),
            ({"action": "guess", "face_ids": faces}, 422), ({"face_ids": faces}, 422), ("x", 422),
            ({"action": "assign", "face_ids": [2**31]}, 422),
        ]:  # fmt: skip
            assert (await album.refused("POST", "/faces/decide", body))[0] == status, body
        assert (await album.get("/people"))["items"] == []


class TestFacesOf:
    async def test_in_pages(self, album: Album) -> None:
        faces = await album.faces(1, 5)
        ada = await album.person("Ada", faces)
        for limit in (1, 2, 5, 100):
            found = await album.every(f"/people/{ada}/faces", limit)
            assert [it["face_id"] for it in found] == faces


class TestDraw:
    async def _photo(self, library: Library) -> int:
        await library.detect(ANA[0])
        (face,) = await library.get("/faces")
        return face["metadata"]["photo_id"]

    async def test_a_face_where_none_was_seen_and_one_that_is_known(self, library: Library) -> None:
        album = Album(library.client, library.runtime)
        path = f"/photos/{await self._photo(library)}/faces"
        corner = {"x": 0.0, "y": 0.0, "width": 0.1, "height": 0.12}
        drawn = await album.post(path, {"box": corner, "name": "Ada"})
        assert (drawn["kind"], drawn["person_id"] is not None) == ("draw", True)
        (shown,) = (await album.get(f"/people/{drawn['person_id']}/faces"))["items"]
        assert shown["face_id"] == drawn["face_id"]
        assert {name: round(value, 3) for name, value in shown["box"].items()} == corner
        again = await album.post(path, {"box": corner})
        assert again["face_id"] == drawn["face_id"]
        for decision in (again, drawn):
            await album.post(f"/decisions/{decision['decision_id']}/undo")
        assert len(await library.get("/faces")) == 1

    async def test_refuses_boxes_that_are_none(self, library: Library) -> None:
        album = Album(library.client, library.runtime)
        path = f"/photos/{await self._photo(library)}/faces"
        for box in [(0.5, 0.5, 0, 0.1), (0.5, 0.5, -0.2, 0.2), (0.9, 0, 0.2, 0.2), (-0.1, 0, 0.2, 0.2),
                    (0, 0, 0.0001, 0.5), (5, 5, 1, 1), (0, 0, 1e300, 1e300)]:  # fmt: skip
            body = {"box": dict(zip(("x", "y", "width", "height"), box, strict=True))}
            assert await album.refused("POST", path, body) == (400, "box_invalid"), box
        for body in (
            {},
            {"box": None},
            {"box": {"x": 0}},
            {"box": {"x": "a", "y": 0, "width": 1, "height": 1}},
        ):
            assert (await album.refused("POST", path, body))[0] == 422
        fine = {"box": {"x": 0, "y": 0, "width": 0.1, "height": 0.1}}
        assert (await album.refused("POST", "/photos/99/faces", fine))[0] == 404
        assert (await album.refused("POST", path, {**fine, "person_id": 99}))[0] == 404
        assert len(await library.get("/faces")) == 1
