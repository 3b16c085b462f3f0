"""A guest's page: consent, a selfie, one's own photos and nobody else's; links that end while open."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.support.browser import Server, opened, serious_findings, serving
from tests.support.shared import shared_path
from tests.support.touch import Fingers

pytestmark = [pytest.mark.slow, pytest.mark.models]

OWN, OTHERS = 6, 4


@dataclass(frozen=True, slots=True)
class Studio:
    """A server with one gallery, and what its owner does there."""

    server: Server
    api: httpx.Client
    gallery_id: int

    def share(self, **body: Any) -> dict[str, Any]:
        answer = self.api.post(f"/galleries/{self.gallery_id}/shares", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def revoke(self, share: dict[str, Any]) -> None:
        assert self.api.delete(f"/shares/{share['share_id']}").status_code == 200


def portraits(name: str) -> list[Path]:
    return sorted(shared_path("data", "identities", name).glob("*.jpg"))


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, packs_folder: Path) -> Iterator[Studio]:
    with (
        serving(tmp_path_factory.mktemp("guest") / "data", packs_folder) as server,
        httpx.Client(base_url=f"{server.address}/api/kith", timeout=30) as api,
    ):
        gallery_id = api.post("/galleries", json={"title": "Wedding"}).json()["gallery_id"]
        photos = portraits("ana_guevara")[1 : OWN + 1] + portraits("andre_agassi")[:OTHERS]
        files = [("files", (it.name, it.read_bytes())) for it in photos]
        assert api.post(f"/galleries/{gallery_id}/photos", files=files).status_code == 200
        server.analysed()
        yield Studio(server, api, gallery_id)


@pytest.fixture
def page(browser: Browser, studio: Studio) -> Iterator[Page]:
    with opened(browser, studio.server.address, viewport={"width": 390, "height": 780}) as it:
        yield it


def come_in(page: Page, share: dict[str, Any]) -> None:
    page.goto(share["url"])
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_role("button", name="Choose a picture")).to_be_visible()


def show(page: Page, picture: Path | FilePayload) -> None:
    page.locator("input[type=file]").first.set_input_files(picture)


def found(page: Page, count: int) -> None:
    expect(page.get_by_role("heading", name=f"{count} photos of you")).to_be_visible()
    expect(page.locator("a[data-photo]")).to_have_count(count)


def test_they_find_themselves_and_nobody_else(page: Page, studio: Studio) -> None:
    share = studio.share(consent_text="We compare your selfie. May we?")
    page.goto(share["url"])
    expect(page.get_by_text("We compare your selfie. May we?")).to_be_visible()
    come_in(page, share)
    show(page, portraits("ana_guevara")[1])
    found(page, OWN)
    own = {int(it.get_attribute("data-photo") or 0) for it in page.locator("a[data-photo]").all()}
    path = f"/api/kith/guest/{share['url'].removeprefix('/g/')}/photos"
    for photo_id in range(1, OWN + OTHERS + 1):
        answer = page.request.get(f"{path}/{photo_id}/preview")
        assert answer.status == (200 if photo_id in own else 404)
    page.locator("a[data-photo]").nth(1).click()
    viewer = page.get_by_role("dialog", name="Photo")
    expect(viewer).to_contain_text(f"2 of {OWN}")
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text(f"3 of {OWN}")
    with page.expect_download() as one:
        viewer.get_by_role("link", name="Download").click()
    assert one.value.suggested_filename.endswith(".jpg")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    with page.expect_download() as all_of_them:
        page.get_by_role("link", name="Download all").click()
    assert all_of_them.value.suggested_filename == "photos.zip"


def test_a_finger_leads_through_their_photos(browser: Browser, studio: Studio) -> None:
    size = {"width": 390, "height": 780}
    address = studio.server.address
    with opened(browser, address, has_touch=True, is_mobile=True, viewport=size) as page:
        come_in(page, studio.share())
        show(page, portraits("ana_guevara")[1])
        found(page, OWN)
        page.locator("a[data-photo]").nth(1).tap()
        viewer = page.get_by_role("dialog", name="Photo")
        expect(viewer).to_contain_text(f"2 of {OWN}")
        fingers = Fingers(page)
        fingers.move(((330, 400), (40, 400)))
        expect(viewer).to_contain_text(f"3 of {OWN}")
        fingers.move(((40, 400), (330, 400)))
        expect(viewer).to_contain_text(f"2 of {OWN}")


def test_they_are_forgotten(page: Page, studio: Studio) -> None:
    share = studio.share()
    come_in(page, share)
    show(page, portraits("ana_guevara")[2])
    found(page, OWN)
    page.get_by_role("button", name="Forget me").click()
    page.get_by_role("dialog").get_by_role("button", name="Forget me").click()
    expect(page.get_by_text("You are forgotten.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="I agree")).to_be_visible()


def test_a_password_is_asked_for(page: Page, studio: Studio) -> None:
    page.goto(studio.share(password="sesame", only_own=False)["url"])
    page.get_by_label("Password").fill("open")
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not the password.")
    page.get_by_label("Password").fill("sesame")
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_role("heading", name=f"{OWN + OTHERS} photos in this gallery")).to_be_visible()


def test_a_link_is_revoked_while_it_is_open(page: Page, studio: Studio) -> None:
    share = studio.share()
    come_in(page, share)
    studio.revoke(share)
    expect(page.get_by_role("heading", name="This link leads nowhere")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="This link leads nowhere")).to_be_visible()


def test_a_link_ends_while_it_is_open(page: Page, studio: Studio) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=6)
    come_in(page, studio.share(expires_at=soon.isoformat()))
    expect(page.get_by_role("heading", name="This link’s time is over")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="This link’s time is over")).to_be_visible()


def test_a_selfie_without_a_face_and_one_with_three(page: Page, studio: Studio) -> None:
    come_in(page, studio.share())
    show(page, FilePayload(name="wall.png", mimeType="image/png", buffer=picture(400, 300)))
    expect(page.get_by_role("alert")).to_contain_text("No face can be seen")
    show(page, portraits("ana_guevara")[0])
    expect(page.get_by_role("heading", name="Which one is you?")).to_be_visible()
    faces = page.get_by_role("button", name="Face ")
    expect(faces).to_have_count(3)
    faces.nth(1).click()
    found(page, OWN)


def test_a_selfie_of_forty_megapixels(page: Page, studio: Studio) -> None:
    come_in(page, studio.share())
    large = Image.open(portraits("ana_guevara")[1]).resize((6400, 6400))
    data = io.BytesIO()
    large.save(data, "JPEG", quality=80)
    show(page, FilePayload(name="large.jpg", mimeType="image/jpeg", buffer=data.getvalue()))
    found(page, OWN)


def test_the_camera_takes_a_selfie(page: Page, studio: Studio) -> None:
    come_in(page, studio.share())
    page.get_by_role("button", name="Take a selfie").click()
    page.get_by_role("button", name="Take the picture").click()
    expect(page.get_by_role("alert")).to_contain_text("No face can be seen")


def test_without_a_network_nothing_is_lost(page: Page, studio: Studio) -> None:
    come_in(page, studio.share())
    page.context.set_offline(True)
    show(page, portraits("ana_guevara")[1])
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    found(page, OWN)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_anybody_can_use_it(browser: Browser, studio: Studio, theme: str) -> None:
    share = studio.share(password="sesame")
    size = {"width": 360, "height": 740}
    with opened(browser, studio.server.address, color_scheme=theme, viewport=size) as page:
        page.goto(share["url"])
        expect(page.get_by_role("button", name="I agree")).to_be_visible()
        assert serious_findings(page) == []
        page.get_by_label("Password").fill("sesame")
        come_in_here = page.get_by_role("button", name="I agree")
        come_in_here.click()
        expect(page.get_by_role("button", name="Choose a picture")).to_be_visible()
        assert serious_findings(page) == []
        show(page, portraits("ana_guevara")[1])
        found(page, OWN)
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def picture(width: int, height: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), (180, 160, 140)).save(data, "PNG")
    return data.getvalue()
