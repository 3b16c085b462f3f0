"""Identities: enrolled, verified, and searched only after that."""

import base64
import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import event, func, select

from kith.accounts.principal import Principal
from kith.faces.tables import Face, FaceState
from kith.people.service import People
from kith.photos.tables import Photo
from kith.runtime import Runtime
from tests.support.library import ANA, ANDRE, portrait
from tests.surfaces.conftest import Library
from tests.surfaces.vectors.conftest import TENANT
from tests.surfaces.vectors.test_faces import POLICY, blank, send

pytestmark = pytest.mark.models

VERDICT = {
    "verified", "similarity", "threshold", "tenant_id", "identity_id", "reason", "results", "count",
}  # fmt: skip


def b64(name: str) -> str:
    return base64.b64encode(portrait(name)).decode()


def two_faces() -> bytes:
    sheet = Image.new("RGB", (800, 400))
    for at, name in enumerate((ANA[2], ANDRE[2])):
        sheet.paste(Image.open(io.BytesIO(portrait(name))).resize((400, 400)), (400 * at, 0))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


async def post(library: Library, act: str, status: int = 200, **body: Any) -> dict[str, Any]:
    body = {"tenant_id": TENANT, "identity_id": "ana", **body}
    answer = await library.client.post(f"/api/v1/{act}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def enrol(library: Library, *names: str, status: int = 200, **more: Any) -> dict[str, Any]:
    images = [b64(name) for name in names]
    return await post(library, "enroll_identity", status, images_b64=images, **more)


def searches(runtime: Runtime) -> int:
    """How often any index was asked."""
    spent = runtime.compute.spent
    return sum(spent[name].calls for name in ("search", "search_persons", "within") if name in spent)


async def photos(library: Library) -> int:
    async with library.runtime.db.read() as session:
        return await session.scalar(select(func.count(Photo.id))) or 0


class TestEnrol:
    async def test_makes_a_person_of_the_faces(self, library: Library) -> None:
        told = await enrol(library, ANA[0], ANA[1])
        dimension = (await library.runtime.recognition()).engine.space.dimension
        assert told == {
            "ok": True, "identity": {"tenant_id": TENANT, "identity_id": "ana"}, "vector_dim": dimension,
            "num_images_used": 2, "num_images_submitted": 2,
        }  # fmt: skip
        async with library.runtime.db.read() as session:
            faces = (await session.scalars(select(Face))).all()
        assert {it.state for it in faces} == {FaceState.CONFIRMED}
        assert len({it.person_id for it in faces}) == 1

    async def test_anew_only_the_new_pictures_count(self, library: Library) -> None:
        await enrol(library, ANDRE[0], ANDRE[1])
        await enrol(library, ANA[0], ANA[1])
        assert await photos(library) == 2
        assert (await post(library, "verify", image_b64=b64(ANA[2])))["verified"]
        assert not (await post(library, "verify", image_b64=b64(ANDRE[2])))["verified"]

    async def test_without_overwrite(self, library: Library) -> None:
        await enrol(library, ANA[0], ANA[1], overwrite=False)
        told = await enrol(library, ANDRE[0], ANDRE[1], overwrite=False, status=409)
        assert told["detail"]["error"] == "identity_exists"
        assert await photos(library) == 2

    async def test_pictures_that_will_not_do(self, sqlite_library: Library) -> None:
        images = [
            b64(ANA[0]), b64(ANA[0]), base64.b64encode(blank()).decode(), "%%%",
            base64.b64encode(two_faces()).decode(),
        ]  # fmt: skip
        told = await post(sqlite_library, "enroll_identity", 422, images_b64=images)
        detail = told["detail"]
        assert detail["error"] == "not_enough_high_quality_images"
        assert (detail["num_valid"], detail["min_required"]) == (1, 2)
        assert [(it["index"], it["reason"]) for it in detail["failed_images"]] == [
            (1, "duplicate"), (2, "no_faces_detected"), (3, "image_corrupt"), (4, "multiple_faces(2)"),
        ]  # fmt: skip
        for count in (1, 11):
            await post(sqlite_library, "enroll_identity", 422, images_b64=["x"] * count)
        assert await photos(sqlite_library) == 0


class TestVerify:
    async def test_who_it_is(self, library: Library) -> None:
        await enrol(library, ANA[0], ANA[1])
        told = await post(library, "verify", image_b64=b64(ANA[2]))
        assert told.keys() == VERDICT
        assert (told["verified"], told["reason"], told["threshold"]) == (True, None, 0.78)
        assert told["similarity"] >= 0.78
        assert told["count"] == len(told["results"]) == 2
        for it in told["results"]:
            assert it["payload"].keys() == POLICY
            assert it["image_id"] in it["payload"]["thumb_url"]
            answer = await library.client.get(it["payload"]["thumb_url"])
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")

    async def test_who_is_not_enrolled(self, library: Library) -> None:
        await enrol(library, ANA[0], ANA[1])
        for body in ({"identity_id": "nobody"}, {"tenant_id": "tenant-b"}):
            told = await post(library, "verify", 404, image_b64=b64(ANA[2]), **body)
            assert told["detail"]["error"] == "identity_not_enrolled"

    async def test_follows_a_merge(self, library: Library) -> None:
        await enrol(library, ANA[0], ANA[1], tenant_id="default")
        async with library.runtime.db.write() as session:
            people = People(session, Principal(), library.runtime.clock)
            other = await people.create("Ana")
            source = await session.scalar(select(Face.person_id))
            await people.merge([source], other.id)
        told = await post(library, "verify", image_b64=b64(ANA[2]), tenant_id="default")
        assert (told["verified"], told["count"]) == (True, 2)


class TestSafeSearch:
    async def test_finds_only_the_identity(self, library: Library) -> None:
        await send(library, "index_face", portrait(ANDRE[0]))
        await enrol(library, ANA[0], ANA[1])
        before = searches(library.runtime)
        told = await post(library, "identity_safe_search", image_b64=b64(ANA[2]))
        assert searches(library.runtime) == before + 1  # so that the test below can fail
        assert (told["verified"], told["count"]) == (True, 2)
        assert {it["identity_id"] for it in told["results"]} == {"ana"}
        assert all(it["payload"].keys() == POLICY for it in told["results"])
        told = await post(library, "identity_safe_search", image_b64=b64(ANA[2]), min_score=1)
        assert (told["verified"], told["results"]) == (True, [])

    async def test_searches_nothing_before_it_is_verified(self, library: Library) -> None:
        await send(library, "index_face", portrait(ANDRE[0]))
        await enrol(library, ANA[0], ANA[1])
        before, runtime = searches(library.runtime), library.runtime
        statements: list[str] = []
        for engine in {runtime.db.engine, runtime.db._reader}:
            event.listen(
                engine.sync_engine, "before_cursor_execute",
                lambda _c, _k, statement, *_rest: statements.append(statement),
            )  # fmt: skip
        for image, identity, error in (
            (b64(ANDRE[1]), "ana", "low_similarity"), (b64(ANA[2]), "nobody", "identity_not_found"),
            (base64.b64encode(blank()).decode(), "ana", "no_usable_face"), ("%%", "ana", "invalid_image"),
            (base64.b64encode(two_faces()).decode(), "ana", "no_usable_face"), ("", "ana", "invalid_image"),
        ):  # fmt: skip
            told = await post(library, "identity_safe_search", image_b64=image, identity_id=identity)
            assert told["reason"]["error"] == error
            assert (told["verified"], told["results"], told["count"]) == (False, [], 0)
            if error != "low_similarity":
                assert told["similarity"] == 0
        assert searches(runtime) == before
        assert statements
        assert not [it for it in statements if "photo_origins" in it]

    async def test_the_threshold_is_not_the_callers(self, library: Library) -> None:
        await enrol(library, ANA[0], ANA[1])
        for name in ("threshold", "hi_threshold"):
            told = await post(library, "identity_safe_search", image_b64=b64(ANDRE[0]), **{name: 0})
            assert (told["verified"], told["threshold"]) == (False, 0.78)
