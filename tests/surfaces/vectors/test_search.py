"""Searching as parts B and C do, and the address two surfaces share."""

import base64
import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from kith.faces.tables import Embedding
from tests.support.library import ANA, ANDRE, portrait
from tests.surfaces.conftest import Library
from tests.surfaces.vectors.conftest import TENANT
from tests.surfaces.vectors.test_faces import blank, send

pytestmark = pytest.mark.models

PREFIXES = ("/api/v1", "/pipeline/api/v1", "/compat/vectors/api/v1", "/compat/vectors/pipeline/api/v1")
ANSWER = {"query", "hits", "count", "processing_details"}
PAYLOAD = {"site", "url", "ts", "bbox", "p_hash", "phash", "quality"}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def search(library: Library, at: str = "/api/v1", status: int = 200, **body: Any) -> dict[str, Any]:
    answer = await library.client.post(f"{at}/search", json={"tenant_id": TENANT, **body})
    assert answer.status_code == status, answer.text
    return answer.json()


def digests(told: dict[str, Any]) -> list[str]:
    return [it["thumb_url"].rpartition("/")[2][:64] for it in told["hits"]]


class TestSearch:
    async def test_by_picture_and_by_vector(self, library: Library) -> None:
        for name in (ANA[0], ANDRE[0]):
            await send(library, "index_face", portrait(name))
        async with library.runtime.db.read() as session:
            vector = (await session.scalars(select(Embedding.vector))).all()[0].tolist()
        ana = hashlib.sha256(portrait(ANA[0])).hexdigest()
        url = f"data:image/jpeg;base64,{b64(portrait(ANA[1]))}"
        for at in PREFIXES:
            for probe in ({"image_b64": b64(portrait(ANA[1]))}, {"image_b64": url}, {"vector": vector}):
                told = await search(library, at, threshold=0.7, **probe)
                assert digests(told) == [ana]
                assert told.keys() == ANSWER
                (hit,) = told["hits"]
                assert hit["payload"].keys() == PAYLOAD
                assert hit["similarity_pct"] == pytest.approx(100 * hit["score"], abs=0.01)
        assert told["query"] == {
            "tenant_id": TENANT, "search_mode": "vector", "mode": "standard", "top_k": 50, "threshold": 0.7,
        }  # fmt: skip

    async def test_a_face_by_its_id(self, library: Library) -> None:
        await send(library, "index_face", portrait(ANA[0]))
        (hit,) = (await search(library, image_b64=b64(portrait(ANA[0]))))["hits"]
        told = await library.get(f"/api/v1/faces/{hit['face_id']}", tenant_id=TENANT)
        assert told["payload"] == hit["payload"]
        for face_id, tenant in ((hit["face_id"], "tenant-b"), ("nobody", TENANT), (hit["face_id"], None)):
            query = {} if tenant is None else {"tenant_id": tenant}
            answer = await library.client.get(f"/api/v1/faces/{face_id}", params=query)
            assert (answer.status_code, answer.json()["detail"]["error"]) == (404, "face_not_found")

    async def test_by_a_file(self, sqlite_library: Library) -> None:
        await send(sqlite_library, "index_face", portrait(ANA[0]))

        async def post(data: bytes, kind: str = "image/jpeg", **query: Any) -> Any:
            return await sqlite_library.client.post(
                "/api/v1/search/file",
                params={"tenant_id": TENANT, **query},
                files={"file": ("a", data, kind)},
            )

        assert (await post(portrait(ANA[1]), threshold=0.7)).json()["count"] == 1
        assert (await post(portrait(ANA[1]), "text/plain")).json()["detail"]["error"] == "invalid_file_type"
        for data, error in ((b"", "empty_file"), (b"no picture", "invalid_image")):
            answer = await post(data)
            assert (answer.status_code, answer.json()["detail"]["error"]) == (422, error)
        assert (await post(portrait(ANA[1]), top_k=101)).status_code == 422

    async def test_what_cannot_be_searched_by(self, sqlite_library: Library) -> None:
        for body, error in (
            ({}, "missing_vector_or_image"), ({"vector": [1.0]}, "invalid_vector"),
            ({"image_b64": "%%%"}, "invalid_image"), ({"image_b64": b64(b"text")}, "invalid_image"),
            ({"image_b64": b64(blank())}, "no_usable_faces"),
        ):  # fmt: skip
            told = await search(sqlite_library, status=422, **body)
            assert told["detail"]["error"] == error
        assert told["detail"]["reasons"] == ["no_faces_detected"]
        assert told["detail"]["num_faces_detected"] == 0
        for wrong in ({"top_k": 0}, {"top_k": 201}, {"threshold": 2}, {"tenant_id": None}):
            told = await search(sqlite_library, status=422, **{"vector": [1.0], **wrong})
            assert isinstance(told["detail"], list)

    async def test_two_names_of_tenants(self, sqlite_library: Library) -> None:
        answer = await sqlite_library.client.post(
            "/api/v1/search",
            json={"tenant_id": TENANT, "vector": [1.0]},
            headers={"x-tenant-id": "other-tenant"},
        )
        assert (answer.status_code, answer.json()["detail"]["error"]) == (403, "tenant_access_denied")

    async def test_stats_and_health(self, sqlite_library: Library) -> None:
        await send(sqlite_library, "index_face", portrait(ANA[0]))
        told = await sqlite_library.get("/api/v1/stats", tenant_id=TENANT)
        counts = {"photos": 1, "faces": 1, "persons": 0}
        assert told == {
            "processed": 1, "rejected": 0, "dup_skipped": 0, "counts": counts,
        }  # fmt: skip
        assert (await sqlite_library.get("/pipeline/api/v1/health"))["status"] == "ok"
        shared = await sqlite_library.client.get("/api/v1/health")  # both surfaces' clients find their names
        assert {"status", "service", "version", "components"} <= shared.json().keys()


class TestSharedAddress:
    """POST /api/v1/search at the root."""

    async def test_a_form_goes_where_its_fields_belong(self, sqlite_library: Library) -> None:
        await send(sqlite_library, "index_face", portrait(ANA[0]))
        client, picture = sqlite_library.client, portrait(ANA[1])
        for form, files, status, names in (
            ({"tenant_id": TENANT}, {"image": picture}, 200, ANSWER),
            ({"tenant_id": TENANT}, {"file": picture}, 422, {"detail"}),
            ({"session_id": "s"}, {"file": picture}, 404, {"detail", "error"}),
            ({"sessionId": "s", "tenant_id": TENANT}, {"file": picture}, 404, {"detail", "error"}),
            ({}, {"file": picture}, 400, {"detail", "error"}),
        ):  # fmt: skip
            answer = await client.post("/api/v1/search", data=form, files=files)
            assert (answer.status_code, answer.json().keys()) == (status, names)

    async def test_a_body_that_is_no_form(self, sqlite_library: Library) -> None:
        headers = {"content-type": "multipart/form-data; boundary=x"}
        for content in (b"", b"--x", b"--x\r\n\r\n" * 1000, b"\0" * 100):
            answer = await sqlite_library.client.post("/api/v1/search", content=content, headers=headers)
            assert answer.status_code == 400
            assert answer.json().keys() == {"detail", "error"}
