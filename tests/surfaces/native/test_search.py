"""Searches over the native surface: by persons, days and words, and by a picture of a face."""

import io
from datetime import datetime
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from kith.audit.tables import AuditEntry
from tests.support.album import Album
from tests.support.library import ANA, ANDRE, portrait
from tests.support.people import near
from tests.support.statements import counted_statements
from tests.surfaces.conftest import Library

pytestmark = pytest.mark.models


def blank() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (200, 200), "grey").save(data, "PNG")
    return data.getvalue()


@pytest.fixture
async def three(album: Album) -> dict[str, int]:
    """Photos 1..5: Ada; Bea; both; both and somebody else; nobody. Ids of the persons by their names."""
    taken = [datetime(2020, month, 10, 23, 59) for month in range(1, 6)]
    ada = await album.photo(near(1), taken=taken[0])
    bea = await album.photo(near(2), taken=taken[1])
    both = await album.photo(near(1, seed=1), near(2, seed=1), taken=taken[2])
    crowd = await album.photo(near(1, seed=2), near(2, seed=2), near(3), taken=taken[3])
    await album.photo(taken=taken[4])
    return {
        "ada": await album.person("Ada", [ada[0], both[0], crowd[0]]),
        "bea": await album.person("Bea", [bea[0], both[1], crowd[1]]),
    }


async def found(album: Album, **query: Any) -> list[int]:
    page = await album.get("/search", **query)
    assert page["total"] == len(page["items"])
    return [it["photo_id"] for it in page["items"]]


class TestPhotos:
    async def test_and_or_not_only(self, album: Album, three: dict[str, int]) -> None:
        ada, bea = three["ada"], three["bea"]
        for query, photos in [
            ({}, [5, 4, 3, 2, 1]), ({"all": ada}, [4, 3, 1]), ({"all": f"{ada},{bea}"}, [4, 3]),
            ({"any": f"{ada},{bea}"}, [4, 3, 2, 1]), ({"all": ada, "none": bea}, [1]),
            ({"none": ada}, [5, 2]),
            ({"all": f"{ada},{bea}", "only": True}, [3]), ({"any": ada, "only": True}, [1]),
            ({"only": True}, [5]), ({"all": ada, "any": bea}, [4, 3]), ({"all": ada, "none": ada}, []),
        ]:  # fmt: skip
            assert await found(album, **query) == photos, query

    async def test_days_words_and_more(self, album: Album, three: dict[str, int]) -> None:
        await album.patch("/photos/2", title="Am Großen See", rating=4, is_favourite=True)
        await album.patch("/photos/3", caption="100% See")
        for query, photos in [
            ({"from": "2020-02-10", "to": "2020-03-10"}, [3, 2]), ({"to": "2020-01-10"}, [1]),
            ({"from": "2020-05-11"}, []), ({"to": "9999-12-31", "from": "2020-05-01"}, [5]),
            ({"q": "see"}, [3, 2]), ({"q": "SEE am"}, [2]), ({"q": "%"}, [3]), ({"q": "0.jpg"}, [1]),
            ({"q": "_"}, []), ({"favourite": True}, [2]), ({"favourite": False, "q": "see"}, [3]),
            ({"rating_min": 4}, [2]), ({"gallery_id": 99}, []),
            ({"from": "2021-01-01", "to": "2020-01-01"}, []),
        ]:  # fmt: skip
            assert await found(album, **query) == photos, query

    async def test_in_pages(self, album: Album, three: dict[str, int]) -> None:
        for limit in (1, 2, 5):
            items = await album.every("/search", limit)
            assert [it["photo_id"] for it in items] == [5, 4, 3, 2, 1]
        first = await album.get("/search", limit=2)
        assert (first["total"], first["total_is_more"]) == (5, False)
        assert (await album.get("/search", limit=2, cursor=first["next_cursor"]))["total"] is None
        (listed,) = [it for it in (await album.get("/photos"))["items"] if it["photo_id"] == 5]
        assert first["items"][0] == listed

    async def test_refuses(self, album: Album, three: dict[str, int]) -> None:
        for query in (
            {"all": "x"}, {"all": "0"}, {"all": ",".join(["1"] * 51)}, {"from": "x"}, {"rating_min": 6},
            {"q": "x" * 201}, {"limit": 0}, {"all": "1,"},
        ):  # fmt: skip
            assert (await album.refused("GET", "/search", **query))[0] == 422, query
        assert await album.refused("GET", "/search", all=99) == (404, "person_not_found")
        assert await album.refused("GET", "/search", cursor="x") == (400, "cursor_invalid")
        await album.post("/people/merge", {"into": three["ada"], "from": [three["bea"]]})
        assert await album.refused("GET", "/search", any=three["bea"]) == (409, "person_merged")

    async def test_sends_as_many_statements_for_many(self, album: Album, three: dict[str, int]) -> None:
        counts: list[int] = []
        for limit in (1, 1, 5):
            with counted_statements() as statements:
                await album.get("/search", limit=limit, all=three["ada"])
            counts.append(len(statements))
        assert counts[1] == counts[2] < 10


class TestPhotosOfAPerson:
    async def test_by_year_with_ages(self, album: Album) -> None:
        taken = [datetime(2019, 5, 1), datetime(2020, 2, 29), datetime(2020, 3, 1), datetime(2021, 2, 28)]
        faces = [(await album.photo(near(1, seed=at), taken=it))[0] for at, it in enumerate(taken)]
        ada = await album.person("Ada", faces)
        items = await album.every(f"/people/{ada}/photos", 2)
        assert [it["age_years"] for it in items] == [None] * 4
        await album.patch(f"/people/{ada}", born_on="2012-02-29")
        items = await album.every(f"/people/{ada}/photos", 3)
        assert [(it["photo_id"], it["age_years"]) for it in items] == [(4, 8), (3, 8), (2, 8), (1, 7)]
        year = await album.get(f"/people/{ada}/photos", year=2020)
        assert [it["photo_id"] for it in year["items"]] == [3, 2]
        assert (await album.get(f"/people/{ada}/photos", year=1))["items"] == []
        for year in (0, 10_000, "x"):
            assert (await album.refused("GET", f"/people/{ada}/photos", year=year))[0] == 422


class TestFace:
    async def _search(self, library: Library, data: bytes, **form: Any) -> Any:
        return await library.client.post("/api/kith/search/face", files={"file": ("x.jpg", data)}, data=form)

    async def test_finds_whom_it_resembles_and_keeps_nothing(self, library: Library) -> None:
        album = Album(library.client, library.runtime)
        for name in (*ANA[:2], ANDRE[0]):
            await library.detect(name)
        ana = (await library.get("/faces"))[0]["person_id"]
        await album.patch(f"/people/{ana}", name="Ana")
        answer = (await self._search(library, portrait(ANA[2]))).json()
        assert (answer["face_index"], len(answer["faces"])) == (0, 1)
        best = answer["people"][0]
        assert (best["person_id"], best["name"], len(best["photo_ids"])) == (ana, "Ana", 2)
        assert best["cover"]["face_id"] in {1, 2}
        assert {it["photo_id"] for it in answer["photos"]} == set(best["photo_ids"])
        assert len(await library.get("/faces")) == 3
        async with library.runtime.db.read() as session:
            actions = [it.action for it in await session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
        assert actions[-1] == "search"

    async def test_refuses(self, library: Library) -> None:
        picture = portrait(ANA[0])
        for data, form, status, code in [
            (picture, {"face_index": 1}, 400, "face_index_invalid"),
            (picture, {"face_index": -1}, 422, "request_invalid"),
            (b"no picture", {}, 400, "image_unsupported"),
            (blank(), {}, 400, "no_face"),
        ]:  # fmt: skip
            answer = await self._search(library, data, **form)
            assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
