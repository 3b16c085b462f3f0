"""The timeline: photos appear while they are imported, are chosen, favoured, thrown away and taken back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import Server, opened, serious_findings, serving
from tests.support.shared import shared_path

pytestmark = [pytest.mark.slow, pytest.mark.models]

FEW = ("ana_guevara", "andre_agassi")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for name in FEW:
        for file in sorted(shared_path("data", "identities", name).glob("*.jpg"))[:6]:
            shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, packs_folder: Path, photos: Path) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("timeline") / "data", packs_folder) as it:
        it.kith("import", str(photos))
        yield it


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server.address) as it:
        it.goto("/")
        expect(tiles(it)).to_have_count(12)
        yield it


def tiles(page: Page) -> Locator:
    return page.locator("a[data-photo]")


def test_an_import_is_seen_as_it_happens(
    browser: Browser, tmp_path: Path, packs_folder: Path, photos: Path
) -> None:
    with serving(tmp_path / "data", packs_folder) as server, opened(browser, server.address) as page:
        page.goto("/")
        expect(page.get_by_role("heading", name="No photos yet")).to_be_visible()
        server.kith("import", str(photos))
        expect(tiles(page)).to_have_count(12)
        expect(page.get_by_text("12 photos", exact=True)).to_be_visible()
        expect(page.get_by_role("heading", name="No photos yet")).to_be_hidden()


def test_a_favourite_and_back(page: Page) -> None:
    tiles(page).first.focus()
    with page.expect_response("**/photos/edit"):
        page.keyboard.press("f")
        expect(page.get_by_role("img", name="Favourite")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("img", name="Favourite")).to_have_count(1)
    page.get_by_role("button", name="Favourites").click()
    expect(tiles(page)).to_have_count(1)
    page.get_by_role("button", name="Favourites").click()
    tiles(page).first.focus()
    with page.expect_response("**/photos/edit"):
        page.keyboard.press("f")
        expect(page.get_by_role("img", name="Favourite")).to_have_count(0)


def test_the_trash_and_back(page: Page) -> None:
    marks = page.get_by_role("button", name="Choose: ")
    tiles(page).nth(1).hover()
    marks.nth(1).click()
    marks.nth(3).click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar")
    expect(bar).to_contain_text("3 chosen")
    page.keyboard.press("Delete")
    expect(tiles(page)).to_have_count(9)
    page.get_by_role("button", name="Undo").click()
    expect(tiles(page)).to_have_count(12)
    tiles(page).first.focus()
    page.keyboard.press("Delete")
    expect(tiles(page)).to_have_count(11)
    page.goto("/trash")
    expect(tiles(page)).to_have_count(1)
    page.get_by_role("button", name="Choose: ").click(force=True)
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()


def test_by_keyboard_alone(page: Page) -> None:
    tiles(page).first.focus()
    first = page.evaluate("document.activeElement.dataset.photo")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("X")
    expect(page.get_by_role("toolbar")).to_contain_text("chosen")
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar")).to_be_hidden()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.photo") == first
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/photos')[0].rstrip('/')}/photos/{first}")
    expect(page.get_by_role("button", name="Information")).to_be_visible()
    page.keyboard.press("Escape")
    expect(tiles(page)).to_have_count(12)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_anybody_can_use_it(browser: Browser, server: Server, theme: str, width: int) -> None:
    size = {"width": width, "height": 740}
    with opened(browser, server.address, color_scheme=theme, viewport=size) as page:
        page.goto("/")
        expect(tiles(page).first).to_be_visible()
        page.get_by_role("button", name="Choose this month").first.click()
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_the_server_refuses_is_taken_back(page: Page) -> None:
    page.route("**/api/kith/photos/edit", lambda route: route.abort())
    tiles(page).first.focus()
    page.keyboard.press("f")
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer.")
    expect(page.get_by_role("img", name="Favourite")).to_have_count(0)
