"""Faces: listed, shown and deleted."""

from pathlib import Path

import pytest

from kith.app import create_app
from kith.runtime import open_runtime
from kith.setting_groups import CoreSettings, SurfaceSettings
from tests.support.client import connected
from tests.support.library import ANA, ANDRE, library_settings
from tests.surfaces.conftest import NO_WORKER, Library

pytestmark = pytest.mark.models

FIELDS = {
    "id", "person_id", "image_path", "bbox", "confidence", "detected_at", "metadata", "embedding",
}  # fmt: skip


async def filled(library: Library) -> list[int]:
    return [(await library.detect(name))["faces"][0]["face_id"] for name in (*ANA, ANDRE[0])]


class TestList:
    async def test_answers_what_the_contract_says(self, library: Library) -> None:
        detected = (await library.detect(ANA[0]))["faces"][0]
        (face,) = await library.get("/faces")
        assert set(face) == FIELDS
        for key in ("bbox", "confidence", "embedding", "person_id"):
            assert face[key] == detected[key]

    async def test_by_id_in_pages_and_by_person(self, library: Library) -> None:
        ids = await filled(library)
        assert [it["id"] for it in await library.get("/faces")] == ids
        assert [it["id"] for it in await library.get("/faces", skip=1, limit=2)] == ids[1:3]
        ana = (await library.get(f"/faces/{ids[0]}"))["person_id"]
        assert [it["id"] for it in await library.get("/faces", person_id=ana)] == ids[:3]
        assert await library.get("/faces", person_id=999) == []

    async def test_of_the_ids_asked_for(self, library: Library) -> None:
        ids = await filled(library)
        for text, expected in [
            (f"{ids[2]},{ids[0]}", [ids[0], ids[2]]),
            (f"{ids[1]},{ids[1]},777777", [ids[1]]),
            ("9999999999", []),
        ]:
            assert [it["id"] for it in await library.get("/faces", ids=text)] == expected
        both = await library.get("/faces", ids=f"{ids[0]},{ids[3]}", limit=1)
        assert [it["id"] for it in both] == [ids[0], ids[3]]

    async def test_refuses_other_ids(self, sqlite_library: Library) -> None:
        for ids in ("", "a", "1,", "1;2", "-1", "1.5", "1, 2", "99999999999", "1," * 6000 + "1"):
            assert (await sqlite_library.client.get("/faces", params={"ids": ids})).status_code == 422, ids


class TestDelete:
    async def test_forgets_the_face(self, library: Library) -> None:
        ids = await filled(library)
        face = await library.get(f"/faces/{ids[0]}")
        answer = await library.client.delete(f"/faces/{ids[0]}")
        assert (answer.status_code, set(answer.json())) == (200, {"message"})
        assert (await library.client.get(f"/faces/{ids[0]}")).status_code == 404
        assert (await library.client.delete(f"/faces/{ids[0]}")).status_code == 404
        found = await library.client.post("/search", json={"embedding": face["embedding"]})
        assert ids[0] not in {match["face_id"] for match in found.json()["matches"]}

    async def test_leaves_an_empty_person(self, library: Library) -> None:
        face = (await library.detect(ANDRE[0]))["faces"][0]
        await library.client.delete(f"/faces/{face['face_id']}")
        assert (await library.get(f"/persons/{face['person_id']}"))["face_count"] == 0

    async def test_takes_an_empty_person_along_if_told_to(
        self, database_url: str, packs_folder: Path, tmp_path: Path
    ) -> None:
        surfaces = SurfaceSettings(core=CoreSettings(delete_empty_persons=True))
        settings = library_settings(
            tmp_path / "data", packs_folder, database_url, worker=NO_WORKER, surfaces=surfaces
        )
        async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
            library = Library(client, runtime)
            ids = await filled(library)
            await client.delete(f"/faces/{ids[0]}")
            assert len(await library.get("/persons")) == 2
            await client.delete(f"/faces/{ids[3]}")
            (person,) = await library.get("/persons")
            assert person["face_count"] == 2


class TestStats:
    async def test_counts_for_both_contracts(self, library: Library) -> None:
        empty = await library.get("/stats")
        assert empty == {
            "total_persons": 0, "total_faces": 0, "total_unclustered_faces": 0, "avg_faces_per_person": 0,
            "largest_person_id": None, "largest_person_face_count": 0, "storage_used_mb": 0,
            "identified_faces": 0, "unidentified_faces": 0, "total_images": 0,
        }  # fmt: skip
        await filled(library)
        stats = await library.get("/stats")
        (ana, _) = await library.get("/persons")
        assert stats["storage_used_mb"] > 0
        del stats["storage_used_mb"]
        assert stats == {
            "total_persons": 2, "total_faces": 4, "total_unclustered_faces": 0, "avg_faces_per_person": 2,
            "largest_person_id": ana["id"], "largest_person_face_count": 3,
            "identified_faces": 4, "unidentified_faces": 0, "total_images": 4,
        }  # fmt: skip
