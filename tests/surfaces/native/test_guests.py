"""Guests come by a link, are found by a selfie that is kept nowhere, and see what they may see."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from kith.accounts.principal import Principal
from kith.audit.service import list_entries
from kith.kit.db import Base
from kith.setting_groups import GuestSettings, SurfaceSettings
from kith.sharing.tables import GuestMatch, Share
from tests.support.clock import ManualClock
from tests.support.library import ANA, ANDRE, portrait
from tests.support.tiny_library import picture
from tests.surfaces.conftest import Library
from tests.surfaces.native.galleries import ROOT, filled, make, opened, upkeep
from tests.surfaces.native.test_galleries import blobs

pytestmark = pytest.mark.models


async def shared(library: Library, gallery: int, **body: Any) -> dict[str, Any]:
    answer = await library.client.post(f"{ROOT}/galleries/{gallery}/shares", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def guest_path(share: dict[str, Any]) -> str:
    return f"{ROOT}/guest/{share['url'].removeprefix('/g/')}"


async def entered(library: Library, share: dict[str, Any], **body: Any) -> str:
    """The link's address, with this client inside."""
    path = guest_path(share)
    answer = await library.client.post(f"{path}/enter", json={"consent": True, **body})
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert f"path={path}".lower() in cookie
    assert "samesite=strict" in cookie
    return path


async def selfie(library: Library, path: str, data: bytes, **form: Any) -> dict[str, Any]:
    answer = await library.client.post(f"{path}/selfie", files={"file": ("me.jpg", data)}, data=form)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def table_rows(library: Library) -> dict[str, int]:
    async with library.runtime.db.read() as session:
        return {
            name: await session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name not in {"audit_entries", "share_days"}
        }


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


class TestGuests:
    async def test_find_their_own_photos(self, studio: Library) -> None:
        gallery = await filled(studio, ANA[0], ANA[1], ANDRE[0], words="Thank you")
        await filled(studio, ANA[2])  # of another event
        share = await shared(studio, gallery, consent_text="May we look?")
        told = await studio.get(guest_path(share))
        assert (told["title"], told["words"], told["consent_text"]) == (
            "Wedding",
            "Thank you",
            "May we look?",
        )
        path = await entered(studio, share)
        assert (await studio.get(f"{path}/photos"))["items"] == []
        before, stored = await table_rows(studio), blobs(studio)
        found = await selfie(studio, path, portrait(ANA[2]))
        after = await table_rows(studio)
        assert {it for it in after if after[it] != before[it]} == {"guest_matches"}
        assert blobs(studio) == stored
        assert len((await studio.runtime.recognition()).index) == 4
        assert (found["total"], found["needs_choice"]) == (2, False)
        mine = [it["photo_id"] for it in found["photos"]]
        assert all(0 < it["box"]["width"] <= 1 and it["similarity"] >= 0.6 for it in found["photos"])
        assert [it["photo_id"] for it in (await studio.get(f"{path}/photos"))["items"]] == sorted(mine)
        for kind in ("thumbnail", "preview", "file"):
            answer = await studio.client.get(f"{path}/photos/{mine[0]}/{kind}")
            assert answer.status_code == 200
            assert Image.open(io.BytesIO(answer.content)).format in {"WEBP", "JPEG"}
        async with studio.runtime.db.read() as session:
            (entry, *_) = await list_entries(session, Principal())
        assert (entry.action, entry.subject_id, entry.counts) == (
            "search",
            str(gallery),
            {"faces": 1, "results": 2},
        )
        numbers = await studio.get(f"{ROOT}/shares/{share['share_id']}/statistics")
        assert [numbers[it] for it in ("visits", "consents", "searches", "found", "downloads")] == [
            1,
            1,
            1,
            2,
            1,
        ]
        assert len(numbers["days"]) == 1

    async def test_see_nothing_of_others(self, studio: Library) -> None:
        gallery = await filled(studio, ANA[0], ANDRE[0])
        path = await entered(studio, await shared(studio, gallery))
        (mine,) = (await selfie(studio, path, portrait(ANA[1])))["photos"]
        other = mine["photo_id"] + 1
        for kind in ("thumbnail", "preview", "file"):
            assert code(await studio.client.get(f"{path}/photos/{other}/{kind}")) == (404, "photo_not_found")
        answer = await studio.client.get(f"{path}/download.zip", params={"photo_ids": str(other)})
        assert code(answer) == (404, "photo_not_found")
        open_path = await entered(studio, await shared(studio, gallery, only_own=False, downloads=False))
        assert len((await studio.get(f"{open_path}/photos"))["items"]) == 2
        assert (await studio.client.get(f"{open_path}/photos/{other}/thumbnail")).status_code == 200
        assert code(await studio.client.get(f"{open_path}/photos/{other}/file")) == (403, "downloads_off")
        assert code(await studio.client.get(f"{open_path}/download.zip")) == (403, "downloads_off")

    async def test_take_a_zip_away(self, studio: Library) -> None:
        gallery = await filled(studio, *ANA)
        path = await entered(studio, await shared(studio, gallery))
        await selfie(studio, path, portrait(ANA[0]))
        answer = await studio.client.get(f"{path}/download.zip")
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        assert sorted(archive.namelist()) == sorted(ANA)
        assert {archive.read(it) for it in archive.namelist()} == {portrait(it) for it in ANA}
        assert (await studio.client.get(f"{path}/download.zip", params={"photo_ids": "x"})).status_code == 422

    async def test_are_forgotten(self, studio: Library) -> None:
        gallery = await filled(studio, ANA[0])
        path = await entered(studio, await shared(studio, gallery))
        await selfie(studio, path, portrait(ANA[1]))
        assert (await table_rows(studio))["guest_matches"] == 1
        assert (await studio.client.post(f"{path}/forget")).status_code == 200
        left = await table_rows(studio)
        assert (left["guests"], left["guest_matches"]) == (0, 0)
        assert code(await studio.client.get(f"{path}/photos")) == (401, "guest_unknown")

    async def test_choose_among_several_faces(self, sqlite_studio: Library) -> None:
        gallery = await filled(sqlite_studio, ANA[0], ANDRE[0])
        path = await entered(sqlite_studio, await shared(sqlite_studio, gallery))
        sheet = Image.new("RGB", (1000, 500))
        for at, name in enumerate((ANA[1], ANDRE[1])):
            sheet.paste(Image.open(io.BytesIO(portrait(name))).resize((500, 500)), (500 * at, 0))
        file = io.BytesIO()
        sheet.save(file, "PNG")
        asked = await selfie(sqlite_studio, path, file.getvalue())
        assert (asked["needs_choice"], len(asked["faces"]), asked["photos"]) == (True, 2, [])
        assert asked["faces"][0]["box"]["x"] < 0.5 <= asked["faces"][1]["box"]["x"]
        found = [await selfie(sqlite_studio, path, file.getvalue(), face_index=at) for at in range(2)]
        assert [it["photos"][0]["name"] for it in found] == [ANA[0], ANDRE[0]]
        answer = await sqlite_studio.client.post(
            f"{path}/selfie", files={"file": file.getvalue()}, data={"face_index": 2}
        )
        assert code(answer) == (400, "face_index_invalid")
        answer = await sqlite_studio.client.post(f"{path}/selfie", files={"file": picture()})
        assert code(answer) == (400, "no_face")
        assert (await sqlite_studio.client.post(f"{path}/selfie", files={"file": b"text"})).status_code == 400


class TestLinks:
    async def test_made_up_and_revoked_are_alike(self, studio: Library) -> None:
        gallery = await filled(studio, ANA[0])
        share = await shared(studio, gallery)
        path = await entered(studio, share)
        await selfie(studio, path, portrait(ANA[1]))
        own = f"{ROOT}/shares/{share['share_id']}"
        for _ in range(2):
            assert (await studio.client.delete(own)).json()["revoked_at"] is not None
        for at in (path, f"{ROOT}/guest/{'x' * 32}"):
            for end in ("", "/photos", "/photos/1/thumbnail", "/download.zip"):
                assert code(await studio.client.get(f"{at}{end}")) == (404, "share_not_found")
            answer = await studio.client.post(f"{at}/enter", json={"consent": True})
            assert code(answer) == (404, "share_not_found")
        left = await table_rows(studio)
        assert (left["guests"], left["guest_matches"], left["shares"]) == (0, 0, 1)
        assert (await studio.get(f"{ROOT}/galleries/{gallery}"))["share_count"] == 0

    async def test_end_with_their_time_and_with_the_gallery(
        self, studio: Library, clock: ManualClock
    ) -> None:
        later = (clock.now() + timedelta(days=2)).isoformat()
        gallery = await filled(studio, ANA[0], expires_at=later)
        first = await shared(studio, gallery, expires_at=(clock.now() + timedelta(days=1)).isoformat())
        second = await entered(studio, await shared(studio, gallery))
        await selfie(studio, second, portrait(ANA[1]))
        clock.advance(86_400)
        assert code(await studio.client.get(guest_path(first))) == (410, "share_expired")
        assert (await studio.client.get(second)).status_code == 200
        clock.advance(86_400)
        assert code(await studio.client.get(f"{second}/photos")) == (410, "share_expired")
        await upkeep(studio)
        async with studio.runtime.db.read() as session:
            assert (await session.scalars(select(GuestMatch))).all() == []
        answer = await studio.client.post(f"{ROOT}/galleries/{gallery}/shares", json={})
        assert code(answer) == (409, "gallery_expired")

    async def test_password_and_consent(self, sqlite_studio: Library) -> None:
        gallery = await filled(sqlite_studio, ANA[0])
        share = await shared(sqlite_studio, gallery, password="open sesame")
        path, client = guest_path(share), sqlite_studio.client
        assert (await sqlite_studio.get(path))["needs_password"]
        for body in ({}, {"password": "wrong"}):
            assert code(await client.post(f"{path}/enter", json={"consent": True, **body})) == (
                403,
                "password_wrong",
            )
        body = {"consent": False, "password": "open sesame"}
        assert code(await client.post(f"{path}/enter", json=body)) == (403, "consent_missing")
        await entered(sqlite_studio, share, password="open sesame")
        async with sqlite_studio.runtime.db.read() as session:
            (row,) = (await session.scalars(select(Share))).all()
        assert row.password_hash.startswith("$argon2id$")
        own = f"{ROOT}/shares/{share['share_id']}"
        assert not (await client.patch(own, json={"password": None})).json()["has_password"]
        await entered(sqlite_studio, share)

    async def test_passwords_are_not_guessed(
        self, packs_folder: Path, tmp_path: Path, clock: ManualClock
    ) -> None:
        few = SurfaceSettings(guests=GuestSettings(passwords_per_minute=2))
        async for studio in opened(tmp_path / "data", packs_folder, None, clock, surfaces=few):
            path = guest_path(await shared(studio, await make(studio), password="open sesame"))
            tried = [await studio.client.post(f"{path}/enter", json={"consent": True}) for _ in range(8)]
            refused = next(it for it in tried if it.status_code == 429)
            assert code(refused) == (429, "rate_exceeded")
            assert int(refused.headers["retry-after"]) >= 1

    async def test_are_listed_shown_and_drawn(self, sqlite_studio: Library) -> None:
        gallery = await filled(sqlite_studio, ANA[0])
        made = [await shared(sqlite_studio, gallery) for _ in range(3)]
        page = await sqlite_studio.get(f"{ROOT}/galleries/{gallery}/shares", limit=2)
        rest = await sqlite_studio.get(f"{ROOT}/galleries/{gallery}/shares", cursor=page["next_cursor"])
        assert page["items"] + rest["items"] == made[::-1]
        assert all(len(it["url"]) >= 32 for it in made)
        drawn = await sqlite_studio.client.get(f"{ROOT}/shares/{made[0]['share_id']}/qr.svg")
        assert (drawn.headers["content-type"], b"<svg" in drawn.content) == ("image/svg+xml", True)
        for body in ({"consent_text": " "}, {"password": "x"}, {"expires_at": "soon"}, {"token": "a"}):
            answer = await sqlite_studio.client.post(f"{ROOT}/galleries/{gallery}/shares", json=body)
            assert answer.status_code == 422
