"""Pictures by the path in their address, however it is written."""

from urllib.parse import quote

import pytest

from tests.support.library import ANA, ANDRE, portrait
from tests.surfaces.galleries.conftest import Club

pytestmark = pytest.mark.models


class TestPaths:
    async def test_a_picture_is_found_however_its_name_is_written(self, club: Club) -> None:
        """Requests go out with the very bytes of the path, as an `img` of a page sends them."""
        cyrillic = quote("Фото 1.jpg")
        names = (
            "My%20photo.jpg",
            cyrillic,
            cyrillic.lower(),
            "a+b.jpg",
            "c%2Bd.jpg",
            "e%2Ff.jpg",
            "100%25.jpg",
        )
        for at, name in enumerate(names):
            picture = portrait((*ANA, *ANDRE)[at % 6])
            await club.add(club.site.serve(f"/bucket/{name}", picture))
            answer = await club.client.get(f"/api/s3-proxy/bucket/{name}")
            assert (answer.status_code, answer.content) == (200, picture), name
        for name in ("c+d.jpg", "a%2Bb.jpg", "e/f.jpg", "%4dy%20photo.jpg"):
            assert (await club.client.get(f"/api/s3-proxy/bucket/{name}")).status_code == 200, name
        assert (await club.client.get("/api/s3-proxy/bucket/a%20b.jpg")).status_code == 404

    async def test_of_two_names_that_decode_alike_the_one_that_is_written(self, sqlite_club: Club) -> None:
        names = {"g/h.jpg": portrait(ANA[0]), "g%2Fh.jpg": portrait(ANDRE[0])}
        await sqlite_club.add(*(sqlite_club.site.serve(f"/{name}", it) for name, it in names.items()))
        for name, picture in names.items():
            assert (await sqlite_club.client.get(f"/api/s3-proxy/{name}")).content == picture
