"""contract.yaml, the routes and the OpenAPI document say the same, and every row is kept."""

from importlib.resources import files
from typing import Any

import pytest
import yaml
from fastapi import FastAPI

from kith.surfaces.access import routes_of
from kith.surfaces.galleries import create_galleries
from tests.support.library import ANA, ANDRE, portrait
from tests.surfaces.galleries.conftest import Club

CONTRACT: dict[str, Any] = yaml.safe_load(
    files("kith.surfaces.galleries").joinpath("contract.yaml").read_text()
)
ROWS: dict[str, dict[str, str]] = CONTRACT["endpoints"]


def promised(*statuses: str) -> set[str]:
    return {name for name, it in ROWS.items() if it["status"] in statuses}


def mounted(app: FastAPI) -> set[str]:
    return {f"{method} {route.path_format}" for route in routes_of(app) for method in route.methods}


class TestContract:
    def test_is_what_is_mounted(self) -> None:
        assert mounted(create_galleries()) == promised("done")
        assert mounted(create_galleries(is_alone=True)) == promised("done", "mount")

    def test_is_what_is_documented(self) -> None:
        paths = create_galleries().openapi()["paths"]
        assert {f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs} == promised(
            "done"
        )

    def test_exempts_with_a_reason(self) -> None:
        for name, it in ROWS.items():
            assert it["status"] in {"done", "mount"} or (
                it["status"] == "exempt" and len(it["reason"]) > 10
            ), name


# What each row answers, at least.
PERSON = {
    "id", "real_name", "telegram_name", "telegram_nickname", "telegram_profile_url", "facebook_profile_url",
    "instagram_profile_url", "avatar_url", "paddle_ranking", "category", "show_in_players_gallery",
    "show_photos_in_galleries", "custom_confidence_threshold", "use_custom_confidence", "tournament_results",
    "created_at", "updated_at",
}  # fmt: skip
GALLERY = {
    "id", "title", "shoot_date", "photographer_id", "location_id", "organizer_id", "cover_image_url",
    "cover_image_square_url", "gallery_url", "external_gallery_url", "sort_order", "created_at", "updated_at",
    "photographer_name", "location_name", "organizer_name", "images_count",
}  # fmt: skip
CREDIT = {"id", "name", "created_at"}
FACE = {
    "id", "photo_id", "person_id", "insightface_bbox", "insightface_confidence", "recognition_confidence",
    "verified", "blur_score", "person_name", "avatar_url", "created_at",
}  # fmt: skip
COUNTS = {
    "success", "old_descriptor_count", "new_descriptor_count", "unique_people_count", "old_count",
    "new_count", "unique_people",
}  # fmt: skip
MESSAGE = {"success", "message"}
CONFIG = {
    "confidence_thresholds", "quality_filters", "context_weight", "min_faces_per_person",
    "auto_retrain_threshold", "auto_retrain_percentage", "model_version", "last_full_training",
    "faces_since_last_training",
}  # fmt: skip
CLUSTERS = {"clusters", "ungrouped_faces"}
REGENERATED = {"success", "total_faces", "regenerated", "failed", "already_had_descriptor"}
DESCRIBED = {"success", "generated", "total", "descriptors"}
STATS = {
    "total_faces", "recognized_faces", "verified_faces", "unique_people", "avg_confidence", "summary",
    "peopleStats",
}  # fmt: skip

EXPECTED: dict[str, set[str]] = {
    "GET /api/crud/people": PERSON,
    "GET /api/crud/people/{person}": PERSON,
    "POST /api/crud/people": PERSON,
    "PUT /api/crud/people/{person}": PERSON,
    "DELETE /api/crud/people/{person}": MESSAGE,
    "POST /api/crud/people/from-cluster": PERSON,
    "POST /api/faces/save": {"success", "face_id", "index_rebuilt"},
    "POST /api/faces/save-face-tags": {"success", "faces", "count"},
    "POST /api/faces/get-photo-faces": {"success", "faces", "count"},
    "POST /api/faces/get-batch-photo-faces": FACE,
    "POST /api/faces/batch-get-photo-faces": {"success", "faces", "count"},
    "DELETE /api/faces/delete/{face}": {"success"},
    "POST /api/faces/update": {"success", "index_rebuilt"},
    "POST /api/faces/get-person-faces": {"success", "faces", "stats"},
    "POST /api/recognition/detect": {"faces"},
    "POST /detect-faces": {"faces"},
    "POST /api/recognition/recognize": {"person_id", "confidence"},
    "POST /recognize-face": {"person_id", "confidence"},
    "POST /api/recognition/rebuild-index": COUNTS,
    "POST /rebuild-index": COUNTS,
    "POST /api/recognition/generate-descriptors": DESCRIBED,
    "POST /generate-descriptors": DESCRIBED,
    "POST /cluster-unknown-faces": CLUSTERS,
    "POST /api/recognition/reject-faces": {"success", "rejected_count"},
    "POST /reject-face-cluster": {"success", "rejected_count"},
    "POST /regenerate-unknown-descriptors": REGENERATED,
    "POST /api/v2/batch-recognize": {"processed", "recognized", "filtered_out"},
    "GET /api/crud/galleries": GALLERY,
    "POST /api/crud/galleries": GALLERY,
    "GET /api/crud/galleries/{gallery}": GALLERY,
    "PUT /api/crud/galleries/{gallery}": GALLERY,
    "DELETE /api/crud/galleries/{gallery}": MESSAGE,
    "GET /api/people/{person}/photos": {"success", "photos", "count"},
    "PUT /api/people/{person}/avatar": {"success", "person"},
    "GET /api/galleries/{gallery}/images": {"success", "data"},
    "POST /api/galleries/add-images": {"success", "data"},
    "DELETE /api/galleries/delete-image": {"success", "had_verified_faces"},
    "PUT /api/galleries/images/{image}/order": {"success"},
    "GET /api/crud/stats/recognition": STATS,
    "GET /api/v2/statistics": {"people_count", "total_faces", "unique_photos"},
    "GET /api/v2/config": CONFIG,
    "PUT /api/v2/config": {"status", "config"},
    "POST /api/v2/train/prepare": {"dataset_stats", "validation"},
    "POST /api/v2/train/execute": {"session_id", "status", "message"},
    "GET /api/v2/train/status/{run}": {"session_id", "status", "started_at", "progress", "current_step"},
    "GET /api/v2/train/history": {"sessions"},
    "GET /api/health": {"status", "service", "model_loaded"},
    "GET /api/s3-proxy/{path}": set(),
    "GET /api/people": PERSON,
    "POST /api/people": PERSON,
    "POST /api/people/from-cluster": PERSON,
    "GET /api/people/{person}": PERSON,
    "PUT /api/people/{person}": PERSON,
    "DELETE /api/people/{person}": MESSAGE,
}  # fmt: skip
PLURALS = ("photographers", "locations", "organizers")
for _plural in PLURALS:
    EXPECTED |= {
        f"GET /api/crud/{_plural}": CREDIT, f"POST /api/crud/{_plural}": CREDIT,
        f"GET /api/crud/{_plural}/{{credit}}": CREDIT, f"PUT /api/crud/{_plural}/{{credit}}": CREDIT,
        f"DELETE /api/crud/{_plural}/{{credit}}": MESSAGE,
    }  # fmt: skip


async def request_of(club: Club, row: str) -> tuple[str, dict[str, Any]]:
    """A sound request for a row, on things of its own."""
    method, path = row.split(" ")
    ana = await club.person("Ana")
    url = club.url(ANDRE[0])
    photo, face = await club.tagged(ANDRE[0])
    box = {"x": 30, "y": 40, "width": 100, "height": 120}
    run = (await club.post("/api/v2/train/execute", {}))["session_id"]
    plural = path.split("/")[-1 if "{" not in path else -2]
    credit = {"id": ""}
    if plural in PLURALS:
        credit = await club.post(f"/api/crud/{plural}", {"name": "c"})
    told = {
        "from-cluster": {"person_name": "Bea", "cluster_faces": [
            {"photo_id": photo, "descriptor": [0.1] * 512}]},
        "save": {"photo_id": photo, "person_id": ana, "bbox": box, "insightface_confidence": 0.9,
                 "recognition_confidence": 0.8, "verified": True, "image_url": url},
        "save-face-tags": {"photo_id": photo, "image_url": url, "tags": [{"bbox": box, "person_id": ana}]},
        "get-photo-faces": {"photo_id": photo},
        "get-batch-photo-faces": {"photo_ids": [photo]},
        "batch-get-photo-faces": {"photo_ids": [photo]},
        "update": {"face_id": face, "person_id": ana, "verified": True},
        "get-person-faces": {"person_id": ana},
        "detect": {"image_url": url}, "detect-faces": {"image_url": url},
        "recognize": {"image_url": url, "bbox": box}, "recognize-face": {"embedding": [0.5] * 128},
        "generate-descriptors": {"image_url": url, "faces": [
            {"person_id": ana, "bbox": box, "verified": True, "photo_id": photo}]},
        "reject-faces": {"faces": [{"photo_id": photo}]}, "reject-face-cluster": {"face_ids": [face]},
        "batch-recognize": {"limit": 5}, "add-images": {"gallery_id": club.gallery, "images": [
            {"image_url": url, "original_url": url, "original_filename": "a.jpg", "file_size": 7, "width": 5,
             "height": 6}]},
        "delete-image": {"image_id": photo, "gallery_id": club.gallery}, "order": {"display_order": 3},
        "avatar": {"avatar_url": "a.jpg"}, "config": {"context_weight": 0.2},
        "prepare": {}, "execute": {"mode": "incremental"},
    }  # fmt: skip
    body = told.get(path.rpartition("/")[2])
    if body is None and method in {"POST", "PUT"}:
        body = {"name": "n", "title": "t", "real_name": "Cleo"}
    filled = path.format(
        person=ana, face=face, image=photo, gallery=club.gallery, run=run, credit=credit["id"],
        path=f"photos/{ANDRE[0]}",
    )  # fmt: skip
    query = {"gallery_id": club.gallery} if "unknown" in path else {}
    return filled, {"json": body, "params": query}


@pytest.mark.models
class TestRows:
    @pytest.mark.parametrize("prefix", ["", "/compat/galleries"])
    async def test_done(self, club: Club, prefix: str) -> None:
        assert EXPECTED.keys() == promised("done", "mount")
        for row in promised("done") if not prefix else EXPECTED:
            await club.make_gallery()
            path, asked = await request_of(club, row)
            answer = await club.client.request(row.split(" ")[0], f"{prefix}{path}", **asked)
            assert answer.status_code == 200, (row, answer.text)
            if answer.headers["content-type"] == "application/json":
                body = answer.json()
                assert EXPECTED[row] <= set(body[0] if isinstance(body, list) else body), row

    async def test_a_picture_is_handed_out_as_it_is(self, club: Club) -> None:
        photo, _ = await club.tagged(ANDRE[0])
        answer = await club.client.get(f"/api/s3-proxy/photos/{ANDRE[0]}")
        assert (answer.content, answer.headers["content-type"]) == (portrait(ANDRE[0]), "image/jpeg")
        assert "max-age=31536000" in answer.headers["cache-control"]
        assert photo

    async def test_exempt(self, sqlite_club: Club) -> None:
        for name, it in ROWS.items():
            method, path = name.split(" ")
            if it["status"] == "exempt":
                target = f"/compat/galleries{path.format(id='7')}"
                assert (await sqlite_club.client.request(method, target)).status_code in {404, 405, 422}, name

    async def test_mount(self, sqlite_club: Club) -> None:
        for name in promised("mount"):
            method, path = name.split(" ")
            answer = await sqlite_club.client.request(method, path.format(person=7))
            assert answer.status_code in {404, 405}, name

    async def test_health_is_what_the_script_of_the_original_asks_for(self, sqlite_club: Club) -> None:
        told = await sqlite_club.get("/api/health")
        assert (told["status"], told["service"], told["model_loaded"]) == (
            "healthy",
            "padel-recognition",
            True,
        )


class TestAnswers:
    """Rows whose numbers matter."""

    pytestmark = pytest.mark.models

    async def test_people(self, club: Club) -> None:
        told = {
            "telegram_name": "ana_t", "paddle_ranking": 4.5, "category": "A", "use_custom_confidence": True,
            "custom_confidence_threshold": 0.9, "show_in_players_gallery": False,
            "tournament_results": [{"tournament": "Open", "place": 1, "date": "2025-01-01"}],
        }  # fmt: skip
        ana = await club.person("Ana", **told)
        await club.person("bea")
        await club.ask("PUT", f"/api/crud/people/{ana}", {"category": None, "telegram_nickname": "@ana"})
        shown = await club.get(f"/api/crud/people/{ana}")
        expected = {**told, "category": None, "telegram_nickname": "@ana", "real_name": "Ana"}
        assert {name: shown[name] for name in expected} == expected
        await club.tagged(ANA[0], ana)
        people = await club.get("/api/crud/people", include_stats=True)
        assert [(it["real_name"], it["faces_count"]) for it in people] == [("Ana", 1), ("bea", 0)]
        answer = await club.ask("PUT", f"/api/people/{ana}/avatar", None, avatar_url="q.jpg")
        assert answer["person"]["avatar_url"] == "q.jpg"
        answer = await club.ask("PUT", f"/api/people/{ana}/avatar", {"avatar_url": "b.jpg"})
        assert (answer["person"]["avatar_url"], answer["person"]["telegram_name"]) == ("b.jpg", "ana_t")
        (missing,) = [(await club.post("/api/crud/people", {}, 422))]
        assert missing["code"] == "request_invalid"
        assert missing["message"] == missing["detail"]

    async def test_deleting_a_person_unlinks_faces(self, club: Club) -> None:
        ana = await club.person("Ana")
        photo, face = await club.tagged(ANA[0], ana)
        await club.ask("DELETE", f"/api/crud/people/{ana}")
        (shown,) = await club.faces(photo)
        assert (shown["id"], shown["person_id"], shown["verified"]) == (face, None, False)
        await club.get(f"/api/crud/people/{ana}", 404)
        await club.ask("DELETE", f"/api/crud/people/{ana}", None, 404)

    async def test_galleries(self, club: Club) -> None:
        credits_of = {
            f"{kind}_id": (await club.post(f"/api/crud/{kind}s", {"name": f"the {kind}"}))["id"]
            for kind in ("photographer", "location", "organizer")
        }
        body = {"title": "Open", "shoot_date": "2025-06-01", "gallery_url": "", **credits_of}
        made = await club.post("/api/crud/galleries", body)
        assert (made["photographer_name"], made["location_name"]) == ("the photographer", "the location")
        assert (made["organizer_name"], made["shoot_date"], made["gallery_url"]) == (
            "the organizer",
            "2025-06-01",
            None,
        )
        newer = await club.post(
            "/api/crud/galleries", {"title": "Old", "shoot_date": "2024-06-01T00:00:00.000Z"}
        )
        for order, titles in (("created_at", ["Old", "Open"]), ("shoot_date", ["Open", "Old"])):
            assert [it["title"] for it in await club.get("/api/crud/galleries", sort_by=order)] == titles
        change = {"title": "Opened", "photographer_id": None, "sort_order": "shoot_date"}
        changed = await club.ask("PUT", f"/api/crud/galleries/{made['id']}", change)
        assert (changed["title"], changed["photographer_id"], changed["location_id"]) == (
            "Opened", None, credits_of["location_id"],
        )  # fmt: skip
        counted = await club.get("/api/crud/locations", include_stats=True)
        assert [it["galleries_count"] for it in counted] == [1]
        await club.ask("DELETE", f"/api/crud/locations/{credits_of['location_id']}")
        assert (await club.get(f"/api/crud/galleries/{made['id']}"))["location_name"] is None
        await club.get(f"/api/crud/photographers/{credits_of['organizer_id']}", 404)
        wrong = {"title": "x", "photographer_id": credits_of["organizer_id"]}
        assert (await club.post("/api/crud/galleries", wrong, 404))["code"] == "credit_not_found"
        assert newer["images_count"] == 0

    async def test_images_keep_their_order(self, club: Club) -> None:
        first, second, third = await club.add("http://a/1.jpg", "http://a/2.jpg", "http://a/3.jpg")
        (fourth,) = await club.add("http://a/4.jpg")
        await club.ask("PUT", f"/api/galleries/images/{fourth}/order", {"display_order": 0})
        await club.ask("PUT", f"/api/galleries/images/{first}/order", {"display_order": 9})
        images = (await club.get(f"/api/galleries/{club.gallery}/images"))["data"]
        assert [it["id"] for it in images] == [fourth, second, third, first]
        assert (await club.get(f"/api/crud/galleries/{club.gallery}"))["images_count"] == 4

    async def test_filters_of_quality(self, club: Club) -> None:
        url = club.url(ANA[0])
        (face,) = (await club.detect(url))["faces"]
        assert face["confidence"] >= 0.7
        assert min(face["bbox"]["width"], face["bbox"]["height"]) >= 80
        for name, value in (
            ("min_detection_score", 1.0), ("min_face_size", 5000), ("min_blur_score", face["blur_score"] + 1),
        ):  # fmt: skip
            before = (await club.get("/api/v2/config"))["quality_filters"]
            changed = await club.ask("PUT", "/api/v2/config", {"quality_filters": {name: value}})
            assert changed["config"]["quality_filters"] == {**before, name: value}
            assert (await club.detect(url))["faces"] == []
            assert len((await club.detect(url, apply_quality_filters=False))["faces"]) == 1
            await club.ask("PUT", "/api/v2/config", {"quality_filters": before})
        assert len((await club.detect(url))["faces"]) == 1

    async def test_who_nobody_has_verified_must_be_more_alike(self, club: Club) -> None:
        ana = await club.person("Ana")
        _, face = await club.tagged(ANA[0], ana)
        other = club.url(ANA[1])
        asked = {"image_url": other, "bbox": await club.box(other)}
        similarity = (await club.post("/api/recognition/recognize", asked))["confidence"]
        at = {**asked, "confidence_threshold": similarity - 0.1}
        assert (await club.post("/api/recognition/recognize", at))["person_id"] == ana
        await club.post("/api/faces/update", {"face_id": face, "verified": False})
        assert (await club.post("/api/recognition/recognize", at))["person_id"] is None
        below = {**asked, "confidence_threshold": similarity - 0.16}
        assert (await club.post("/api/recognition/recognize", below))["person_id"] == ana

    async def test_who_is_verified_goes_before_who_is_more_alike(self, club: Club) -> None:
        ana, bea = await club.person("Ana"), await club.person("Bea")
        _, sure = await club.tagged(ANA[0], ana)
        twin, _ = await club.tagged(ANA[1], bea, verified=False)
        url = club.url(ANA[1])
        asked = {"image_url": url, "bbox": await club.box(url)}
        assert (await club.post("/api/recognition/recognize", asked))["person_id"] == ana
        third, _ = await club.tagged(ANA[2])
        await club.ask("PUT", "/api/v2/config", {"quality_filters": {"min_blur_score": 0}})
        await club.post("/api/v2/batch-recognize", {})
        assert [it["person_id"] for it in await club.faces(third)] == [ana]
        await club.save_tags(third)
        await club.post("/api/faces/update", {"face_id": sure, "person_id": None})
        assert (await club.post("/api/recognition/recognize", asked))["person_id"] == bea
        assert [it["person_id"] for it in await club.faces(twin)] == [bea]

    async def test_a_threshold_of_ones_own(self, club: Club) -> None:
        ana = await club.person("Ana", use_custom_confidence=True, custom_confidence_threshold=1.0)
        await club.tagged(ANA[0], ana)
        other = club.url(ANA[1])
        asked = {"image_url": other, "bbox": await club.box(other)}
        assert (await club.post("/api/recognition/recognize", asked))["person_id"] is None
        await club.ask("PUT", f"/api/crud/people/{ana}", {"use_custom_confidence": False})
        assert (await club.post("/api/recognition/recognize", asked))["person_id"] == ana

    async def test_confidences_of_faces(self, club: Club) -> None:
        ana = await club.person("Ana")
        _, sure = await club.tagged(ANA[0], ana)
        _, likely = await club.tagged(ANA[1], ana, verified=False, recognition_confidence=0.85)
        _, unlikely = await club.tagged(ANA[2], ana, verified=False, recognition_confidence=0.7)
        told = await club.post("/api/faces/get-person-faces", {"person_id": ana})
        shown = {it["id"]: (it["verified"], it["recognition_confidence"]) for it in told["faces"]}
        assert shown == {sure: (True, 1.0), likely: (False, 0.85), unlikely: (False, 0.7)}
        assert told["stats"] == {"total": 3, "verified": 1, "high_confidence": 1, "descriptors": 3}
        only = await club.post("/api/faces/get-person-faces", {"person_id": ana, "verified_only": True})
        assert [it["id"] for it in only["faces"]] == [sure]
        await club.person("Bea")  # who is on no photo
        stats = await club.get("/api/crud/stats/recognition")
        assert (stats["unique_people"], len(stats["peopleStats"])) == (1, 1)
        assert stats["summary"] == {
            "totalPeople": 2, "totalVerifiedFaces": 1, "totalHighConfidenceFaces": 1, "totalDescriptors": 3,
        }  # fmt: skip
        assert (stats["total_faces"], stats["recognized_faces"], stats["verified_faces"]) == (3, 3, 1)
        assert stats["avg_confidence"] == pytest.approx(0.85)
        photos = await club.get(f"/api/people/{ana}/photos")
        assert [it["recognition_confidence"] for it in photos["photos"]] == [1.0, 0.85, 0.7]
        assert await club.get("/api/v2/statistics") == {
            "people_count": 1,
            "total_faces": 3,
            "unique_photos": 3,
        }
