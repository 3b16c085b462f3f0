"""What is done with photos that are chosen, in the timeline, in a search and in a gallery."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import Server, opened, serious_findings, serving
from tests.support.shared import shared_path

pytestmark = [pytest.mark.slow, pytest.mark.models]

COUNT = 5


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, packs_folder: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("photos")
    for file in sorted(shared_path("data", "identities", "ana_guevara").glob("*.jpg"))[:COUNT]:
        shutil.copy(file, folder)
    with serving(tmp_path_factory.mktemp("chosen") / "data", packs_folder) as it:
        it.kith("import", str(folder))
        yield it


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server.address) as it:
        it.goto("/")
        expect(tiles(it)).to_have_count(COUNT)
        yield it


def tiles(page: Page) -> Locator:
    return page.locator("a[data-photo]")


def bar(page: Page) -> Locator:
    return page.get_by_role("toolbar", name="What to do with the chosen photos")


def choose(page: Page, *places: int) -> None:
    for place in places:
        page.get_by_role("button", name="Choose: ").nth(place).click(force=True)
    expect(bar(page)).to_contain_text(f"{len(places)} chosen")


def ratings(server: Server) -> list[Any]:
    return [it["rating"] for it in get(server, "/photos")["items"]]


def get(server: Server, path: str) -> Any:
    return httpx.get(f"{server.address}/api/kith{path}").raise_for_status().json()


def test_rated_together_and_back(page: Page, server: Server) -> None:
    tiles(page).nth(1).focus()
    with page.expect_response("**/photos/edit"):
        page.keyboard.press("2")
    choose(page, 0, 1)
    bar(page).get_by_role("button", name="Rate").click()
    with page.expect_response("**/photos/edit"):
        page.get_by_role("button", name="4 stars").click()
    expect(bar(page)).to_be_hidden()
    assert ratings(server) == [4, 4, None, None, None]
    with page.expect_response("**/photos/edit"), page.expect_response("**/photos/edit"):
        page.get_by_text("2 photos rated").locator("..").get_by_role("button", name="Undo").click()
    page.wait_for_load_state("networkidle")
    assert ratings(server) == [None, 2, None, None, None]


def test_rated_twice_and_the_last_taken_back(page: Page, server: Server) -> None:
    tiles(page).nth(4).focus()
    for stars in "35":
        with page.expect_response("**/photos/edit"):
            page.keyboard.press(stars)
    assert ratings(server)[4] == 5
    with page.expect_response("**/photos/edit"):
        page.get_by_role("button", name="Undo").first.click()
    assert ratings(server)[4] == 3


def test_put_into_a_new_gallery_and_taken_back(page: Page, server: Server) -> None:
    choose(page, 0, 2)
    page.keyboard.press("l")
    dialog = page.get_by_role("dialog", name="Put into a gallery")
    expect(dialog).to_contain_text("There is no gallery yet.")
    dialog.get_by_role("textbox", name="New gallery").fill("Wedding")
    dialog.get_by_role("button", name="Make it, and put them in").click()
    expect(page.get_by_text("2 photos are in Wedding now")).to_be_visible()
    expect(bar(page)).to_be_hidden()
    expect(tiles(page)).to_have_count(COUNT)
    (gallery,) = get(server, "/galleries")["items"]
    assert gallery["photo_count"] == 2
    with page.expect_response("**/photos/trash"):
        page.get_by_role("button", name="Undo").click()
    page.goto(f"/galleries/{gallery['gallery_id']}")
    expect(page.get_by_text("No photos yet")).to_be_visible()


def test_from_a_search_into_a_gallery_that_is_there(page: Page, server: Server) -> None:
    body = {"title": "Birthday"}
    made = httpx.post(f"{server.address}/api/kith/galleries", json=body).raise_for_status().json()
    page.goto("/search?q=jpg")
    expect(tiles(page)).to_have_count(COUNT)
    tiles(page).first.focus()
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("X")
    expect(bar(page)).to_contain_text("3 chosen")
    bar(page).get_by_role("button", name="Put into a gallery").click()
    page.get_by_role("dialog").get_by_role("button", name="Birthday").click()
    expect(page.get_by_text("3 photos are in Birthday now")).to_be_visible()
    page.goto(f"/galleries/{made['gallery_id']}")
    expect(tiles(page)).to_have_count(3)
    choose(page, 0)
    page.keyboard.press("Delete")
    expect(tiles(page)).to_have_count(2)
    assert len(get(server, "/photos")["items"]) == COUNT


def test_keys_are_about_photos_that_are_shown(page: Page, server: Server) -> None:
    title = {"title": "Elsewhere"}
    other = httpx.post(f"{server.address}/api/kith/galleries", json=title).raise_for_status().json()
    choose(page, 3)
    tiles(page).nth(3).focus()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Go to").press_sequentially("/else")
    expect(page.get_by_role("option", name="Elsewhere")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
    expect(bar(page)).to_be_hidden()
    page.keyboard.press("Delete")
    page.keyboard.press("5")
    page.goto(f"/galleries/{other['gallery_id']}")
    assert len(get(server, "/photos")["items"]) == COUNT


def test_the_network_goes_while_photos_are_put(page: Page) -> None:
    page.route("**/api/kith/galleries/*/copies", lambda route: route.abort())
    choose(page, 1)
    page.keyboard.press("l")
    dialog = page.get_by_role("dialog", name="Put into a gallery")
    dialog.get_by_role("button", name="Birthday").click()
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer.")
    page.unroute("**/api/kith/galleries/*/copies")
    dialog.get_by_role("button", name="Birthday").click()
    expect(page.get_by_text("1 photo is in Birthday now")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_anybody_can_use_it(browser: Browser, server: Server, theme: Any, width: int) -> None:
    size = {"width": width, "height": 740}
    with opened(browser, server.address, color_scheme=theme, viewport=size) as page:
        page.goto("/")
        choose(page, 0)
        bar(page).get_by_role("button", name="Rate").click()
        expect(page.get_by_role("button", name="5 stars")).to_be_visible()
        assert serious_findings(page) == []
        page.keyboard.press("Escape")
        bar(page).get_by_role("button", name="Put into a gallery").click()
        expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_visible()
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
