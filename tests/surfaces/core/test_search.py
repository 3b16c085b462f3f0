"""Searching by an embedding, and clustering."""

from typing import Any

import httpx
import numpy as np
import pytest

from kith.accounts.principal import Principal
from kith.people.service import People
from tests.support.library import ANA, ANDRE, portrait
from tests.surfaces.conftest import Library

pytestmark = pytest.mark.models

NO_SEARCHES: tuple[object, ...] = (
    {}, {"embedding": "0.1"}, {"embedding": None}, {"embedding": {"0": 1}},
    {"embedding": ["0.1"] * 128}, {"embedding": [[0.1] * 128]}, {"embedding": [True] * 128},
    {"embedding": [10**400] * 128}, {"embedding": [0.1] * 5000},
    {"embedding": [0.1] * 128, "limit": 0}, {"embedding": [0.1] * 128, "limit": 10**30},
    {"embedding": [0.1] * 128, "threshold": 1.1}, {"embedding": [0.1] * 128, "threshold": "high"},
    [], "text", 1, None,
)  # fmt: skip
NO_CLUSTERINGS: tuple[object, ...] = (
    {"eps": -0.1}, {"eps": 1.5}, {"eps": "wide"}, {"min_samples": 0}, {"min_samples": 10**30},
    {"face_ids": [0]}, {"face_ids": [-1]}, {"face_ids": [2**63]}, {"face_ids": ["one"]},
    {"face_ids": [1] * 10_001}, {"face_ids": "1,2"}, [],
)  # fmt: skip


async def filled(library: Library) -> list[dict[str, Any]]:
    """Three photos of Ana and three of Andre, in turn; the face of each."""
    names = [name for pair in zip(ANA, ANDRE, strict=True) for name in pair]
    return [(await library.detect(name))["faces"][0] for name in names]


async def search(library: Library, embedding: object, **body: object) -> httpx.Response:
    return await library.client.post("/search", json={"embedding": embedding, **body})


class TestSearch:
    async def test_answers_what_the_contract_says(self, library: Library) -> None:
        faces = await filled(library)
        answer = (await search(library, faces[0]["embedding"])).json()
        assert set(answer) == {"matches", "query_embedding_size", "search_time_ms"}
        assert answer["query_embedding_size"] == 128
        first = answer["matches"][0]
        shown = await library.get(f"/faces/{faces[0]['face_id']}")
        assert first == {
            "face_id": shown["id"], "person_id": shown["person_id"], "similarity": pytest.approx(1, abs=1e-5),
            "image_path": shown["image_path"], "bbox": shown["bbox"], "confidence": shown["confidence"],
        }  # fmt: skip

    async def test_similarities_are_cosines_best_first(self, library: Library) -> None:
        faces = await filled(library)
        answer = (await search(library, faces[0]["embedding"], threshold=-1, limit=100)).json()["matches"]
        vectors = {face["face_id"]: np.array(face["embedding"]) for face in faces}
        expected = {
            face_id: float(vector @ vectors[faces[0]["face_id"]]) for face_id, vector in vectors.items()
        }
        found = {match["face_id"]: match["similarity"] for match in answer}
        assert found == pytest.approx(expected, abs=1e-5)
        assert list(found) == sorted(found, key=lambda face_id: -expected[face_id])

    async def test_threshold_and_limit(self, library: Library) -> None:
        faces = await filled(library)
        near = (await search(library, faces[0]["embedding"])).json()["matches"]
        assert {match["person_id"] for match in near} == {faces[0]["person_id"]}
        assert len(near) == 3  # all of Ana, above 0.6
        one = (await search(library, faces[0]["embedding"], threshold=-1, limit=1)).json()["matches"]
        assert [match["face_id"] for match in one] == [faces[0]["face_id"]]
        none = (await search(library, [-value for value in faces[0]["embedding"]])).json()["matches"]
        assert none == []

    async def test_the_length_of_the_vector_does_not_matter(self, sqlite_library: Library) -> None:
        embedding = (await filled(sqlite_library))[0]["embedding"]
        found: list[dict[int, float]] = []
        for factor in (1, 1e-300, 1e300):
            answer = await search(sqlite_library, [value * factor for value in embedding])
            found.append({match["face_id"]: match["similarity"] for match in answer.json()["matches"]})
        assert len(found[0]) == 3
        assert found[1] == pytest.approx(found[0], abs=1e-6)
        assert found[2] == pytest.approx(found[0], abs=1e-6)

    async def test_equal_cosines_by_face_id(self, sqlite_library: Library) -> None:
        found = await sqlite_library.detect(ANA[0])
        # The same pixels in another file: the same embedding in another photo.
        twin = await sqlite_library.detect("twin.jpg", portrait(ANA[0]) + b"\0")
        ids = [found["faces"][0]["face_id"], twin["faces"][0]["face_id"]]
        answer = (await search(sqlite_library, found["faces"][0]["embedding"])).json()["matches"]
        assert [match["face_id"] for match in answer] == ids
        assert answer[0]["similarity"] == answer[1]["similarity"]

    async def test_finds_faces_of_nobody_and_of_hidden_persons(self, sqlite_library: Library) -> None:
        faces = await filled(sqlite_library)
        runtime = sqlite_library.runtime
        async with runtime.db.write() as session:
            people = People(session, Principal(), runtime.clock)
            await people.reject([faces[2]["face_id"]])
            await people.hide(faces[0]["person_id"])
        answer = (await search(sqlite_library, faces[0]["embedding"])).json()["matches"]
        assert {match["face_id"]: match["person_id"] for match in answer} == {
            faces[0]["face_id"]: faces[0]["person_id"],
            faces[2]["face_id"]: None,
            faces[4]["face_id"]: faces[0]["person_id"],
        }

    async def test_nothing_is_near_in_an_empty_library(self, library: Library) -> None:
        assert (await search(library, [1.0] * 128)).json()["matches"] == []

    async def test_refuses_what_is_no_embedding(self, sqlite_library: Library) -> None:
        for embedding, words in [
            ([], "128 values here, this one 0"), ([0.1] * 127, "this one 127"), ([0.1] * 512, "this one 512"),
            ([0.0] * 128, "no direction"), ([0] * 128, "no direction"),
        ]:  # fmt: skip
            answer = await search(sqlite_library, embedding)
            assert answer.status_code == 400
            assert words in answer.json()["detail"]

    async def test_refuses_numbers_that_are_not_finite(self, sqlite_library: Library) -> None:
        for value in ("NaN", "Infinity", "-Infinity", "1e999"):
            body = f'{{"embedding": [{value}{", 0.1" * 127}]}}'
            headers = {"content-type": "application/json"}
            answer = await sqlite_library.client.post("/search", content=body, headers=headers)
            assert answer.status_code == 400
            assert answer.json() == {"detail": "an embedding has only finite numbers"}

    async def test_refuses_other_shapes(self, sqlite_library: Library) -> None:
        for body in NO_SEARCHES:
            answer = await sqlite_library.client.post("/search", json=body)
            assert answer.status_code == 422, body
            assert len(answer.text) < 5000
            assert {frozenset(it) for it in answer.json()["detail"]} == {frozenset({"loc", "msg", "type"})}


class TestCluster:
    async def cluster(self, library: Library, **body: object) -> Any:
        answer = await library.client.post("/cluster", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def test_answers_what_the_contract_says(self, library: Library) -> None:
        faces = await filled(library)
        answer = await self.cluster(library)
        assert set(answer) == {"clusters", "noise_face_ids", "total_clusters", "processing_time_ms"}
        assert answer["total_clusters"] == len(answer["clusters"]) == 2
        by_person: dict[int, list[int]] = {}
        for face in faces:
            by_person.setdefault(face["person_id"], []).append(face["face_id"])
        assert [it["face_ids"] for it in answer["clusters"]] == list(by_person.values())
        assert answer["noise_face_ids"] == []
        for number, it in enumerate(answer["clusters"]):
            assert (it["cluster_id"], it["face_count"]) == (number, 3)

    async def test_averages_over_pairs_and_names_the_middle_one(self, library: Library) -> None:
        faces = await filled(library)
        vectors = np.array(
            [face["embedding"] for face in faces if face["person_id"] == faces[0]["person_id"]]
        )
        cosines = vectors @ vectors.T
        first = (await self.cluster(library))["clusters"][0]
        assert first["avg_similarity"] == pytest.approx((cosines.sum() - 3) / 6, abs=1e-5)
        assert first["representative_face_id"] == first["face_ids"][int(cosines.sum(axis=0).argmax())]

    async def test_of_the_faces_named(self, sqlite_library: Library) -> None:
        ids = [face["face_id"] for face in await filled(sqlite_library)]
        answer = await self.cluster(sqlite_library, face_ids=[ids[0], ids[2], ids[1], 9999])
        assert [it["face_ids"] for it in answer["clusters"]] == [[ids[0], ids[2]]]
        assert answer["noise_face_ids"] == [ids[1]]

    async def test_eps_and_min_samples(self, sqlite_library: Library) -> None:
        await filled(sqlite_library)
        assert (await self.cluster(sqlite_library, eps=0.05))["total_clusters"] == 0
        assert (await self.cluster(sqlite_library, min_samples=4))["total_clusters"] == 0
        near = await self.cluster(sqlite_library, eps=0.25)
        assert [it["face_count"] for it in near["clusters"]] == [2, 2]
        alone = await self.cluster(sqlite_library, eps=0, min_samples=1)
        assert [it["avg_similarity"] for it in alone["clusters"]] == [1] * 6

    async def test_keeps_nothing(self, sqlite_library: Library) -> None:
        await filled(sqlite_library)
        before = [await sqlite_library.get(path) for path in ("/stats", "/faces", "/persons")]
        await self.cluster(sqlite_library)
        assert [await sqlite_library.get(path) for path in ("/stats", "/faces", "/persons")] == before

    async def test_no_faces_are_not_found(self, library: Library) -> None:
        empty = await library.client.post("/cluster", json={})
        await library.detect(ANA[0])
        strangers = await library.client.post("/cluster", json={"face_ids": [77, 78]})
        assert [empty.status_code, strangers.status_code] == [404, 404]
        assert empty.json() == {"detail": "there are no faces yet"}

    async def test_needs_no_body_and_takes_an_empty_list(self, sqlite_library: Library) -> None:
        await filled(sqlite_library)
        answers = [
            await sqlite_library.client.post("/cluster"),
            await sqlite_library.client.post("/cluster", json=None),
        ]
        answers += [await sqlite_library.client.post("/cluster", json={"face_ids": []})]
        assert [answer.json()["total_clusters"] for answer in answers] == [2, 2, 2]

    async def test_refuses_other_shapes(self, sqlite_library: Library) -> None:
        for body in NO_CLUSTERINGS:
            answer = await sqlite_library.client.post("/cluster", json=body)
            assert answer.status_code == 422, body
