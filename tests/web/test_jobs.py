"""What Kith does in the background: paused and resumed, and done again."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import Server, opened, serious_findings, serving
from tests.support.library import ANA, ANDRE, portrait

pytestmark = [pytest.mark.slow, pytest.mark.models]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, packs_folder: Path) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("jobs") / "data", packs_folder) as it:
        yield it


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server.address) as it:
        it.goto("/jobs")
        expect(finding_faces(it)).to_be_visible()
        yield it


def finding_faces(page: Page) -> Locator:
    return (
        page.get_by_role("region", name="Work", exact=True)
        .get_by_role("listitem")
        .filter(has_text="Find faces")
    )


def upload(server: Server, name: str) -> None:
    data = portrait(name)
    with httpx.Client(base_url=f"{server.address}/api/kith") as client:
        begun = client.post("/uploads", json={"name": name, "size_bytes": len(data)}).json()
        answer = client.patch(f"/uploads/{begun['upload_id']}", content=data, headers={"upload-offset": "0"})
        answer.raise_for_status()


def test_paused_and_resumed(page: Page, server: Server) -> None:
    page.get_by_role("button", name="Pause: Find faces").click()
    expect(finding_faces(page)).to_contain_text("Paused")
    for name in (*ANA[:2], ANDRE[0]):
        upload(server, name)
    expect(finding_faces(page)).to_contain_text("3 waiting")
    expect(page.get_by_role("navigation").get_by_text("0 of 3 photos analysed")).to_be_visible()
    page.get_by_role("button", name="Resume: Find faces").click()
    expect(finding_faces(page)).to_contain_text("Nothing is waiting")
    expect(page.get_by_role("main").get_by_text("3 of 3 photos analysed")).to_be_visible()
    expect(page.get_by_role("navigation").get_by_text("photos analysed")).to_be_hidden()


def test_a_pause_is_taken_back(page: Page) -> None:
    page.get_by_role("button", name="Pause: Find faces").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Pause: Find faces")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Pause: Find faces")).to_be_visible()


def test_a_pause_the_server_refuses_is_taken_back(page: Page) -> None:
    page.route("**/api/kith/jobs/pause", lambda route: route.abort())
    page.get_by_role("button", name="Pause: Find faces").click()
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer.")
    expect(page.get_by_role("button", name="Pause: Find faces")).to_be_visible()


def test_all_again_asks_first(page: Page, server: Server) -> None:
    upload(server, ANA[0])
    page.get_by_role("button", name="All again").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Names and decisions stay as they are.")
    dialog.get_by_role("button", name="All again").click()
    expect(page.get_by_text(re.compile(r"^\d photos? will be analysed"))).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_anybody_can_use_it(browser: Browser, server: Server, theme: str, width: int) -> None:
    size = {"width": width, "height": 740}
    with opened(browser, server.address, color_scheme=theme, viewport=size) as page:
        page.goto("/jobs")
        expect(finding_faces(page)).to_be_visible()
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
