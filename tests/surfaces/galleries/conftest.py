"""A library that may fetch from a site on this machine, and the site with portraits on it."""

import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from PIL import Image

from kith.setting_groups import FetchSettings
from kith.settings import Settings
from tests.support.http import Site, local_site
from tests.support.library import ANA, ANDRE, library_settings, portrait
from tests.surfaces.conftest import NO_WORKER, Library, _library

FETCH = FetchSettings(allowed_private=("127.0.0.1",))


def club_settings(data: Path, packs: Path | None, url: str | None = None, **groups: Any) -> Settings:
    return library_settings(data, packs, url, **{"worker": NO_WORKER, "fetch": FETCH, **groups})


@dataclass
class Club:
    """What a client of the surface does, in a gallery of its own."""

    library: Library
    site: Site
    gallery: str = ""

    @property
    def client(self) -> httpx.AsyncClient:
        return self.library.client

    async def ask(self, method: str, path: str, body: Any = None, status: int = 200, **query: Any) -> Any:
        answer = await self.client.request(method, path, json=body, params=query)
        assert answer.status_code == status, (path, answer.text)
        return answer.json()

    async def post(self, path: str, body: Any = None, status: int = 200, **query: Any) -> Any:
        return await self.ask("POST", path, body, status, **query)

    async def get(self, path: str, status: int = 200, **query: Any) -> Any:
        return await self.ask("GET", path, None, status, **query)

    async def make_gallery(self, title: str = "Open") -> str:
        self.gallery = (await self.post("/api/crud/galleries", {"title": title}))["id"]
        return self.gallery

    def url(self, name: str) -> str:
        """Where a portrait is served."""
        return self.site.serve(f"/photos/{name}", portrait(name))

    async def add(self, *urls: str) -> list[str]:
        """Images at these addresses."""
        if not self.gallery:
            await self.make_gallery()
        body = {"gallery_id": self.gallery, "images": [{"image_url": url} for url in urls]}
        return (await self.post("/api/galleries/add-images", body))["data"]["image_ids"]

    async def person(self, name: str = "Ana", **told: Any) -> str:
        return (await self.post("/api/crud/people", {"real_name": name, **told}))["id"]

    async def detect(self, url: str, status: int = 200, **body: Any) -> Any:
        return await self.post("/api/recognition/detect", {"image_url": url, **body}, status)

    async def box(self, url: str) -> dict[str, float]:
        """Where the best face of a picture is."""
        return (await self.detect(url, apply_quality_filters=False))["faces"][0]["bbox"]

    async def save_tags(self, photo: str, *tags: dict[str, Any], status: int = 200, **more: Any) -> Any:
        body = {"photo_id": photo, "image_url": "no address", "tags": list(tags), **more}
        return await self.post("/api/faces/save-face-tags", body, status)

    async def faces(self, photo: str) -> list[dict[str, Any]]:
        return (await self.post("/api/faces/get-photo-faces", {"photo_id": photo}))["faces"]

    async def tagged(self, name: str, person: str | None = None, **more: Any) -> tuple[str, str]:
        """An image of a portrait, its face tagged: (photo, face)."""
        url = self.url(name)
        (photo,) = await self.add(url)
        tag = {"bbox": await self.box(url), "person_id": person, **more}
        return photo, (await self.save_tags(photo, tag))["faces"][0]["face_id"]


def pair_picture() -> bytes:
    """Ana on the left, Andre on the right."""
    sheet = Image.new("RGB", (800, 400))
    for place, name in enumerate((ANA[0], ANDRE[0])):
        sheet.paste(Image.open(io.BytesIO(portrait(name))).resize((400, 400)), (400 * place, 0))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def moved(box: dict[str, float], part: float) -> dict[str, float]:
    return {**box, "x": box["x"] + part * box["width"]}


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as site:
        yield site


@pytest_asyncio.fixture
async def club(database_url: str, packs_folder: Path, tmp_path: Path, site: Site) -> AsyncIterator[Club]:
    """On SQLite and on PostgreSQL."""
    async for library in _library(club_settings(tmp_path / "data", packs_folder, database_url)):
        yield Club(library, site)


@pytest_asyncio.fixture
async def sqlite_club(packs_folder: Path, tmp_path: Path, site: Site) -> AsyncIterator[Club]:
    async for library in _library(club_settings(tmp_path / "data", packs_folder)):
        yield Club(library, site)
