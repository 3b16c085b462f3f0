"""What stands around every room: appearance, language, keys, what is found nowhere."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import Server, opened, serious_findings, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("shell") / "data") as it:
        yield it


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server.address) as it:
        yield it


def test_a_language_is_remembered(page: Page) -> None:
    page.goto("/settings")
    page.get_by_label("Language").select_option("ru")
    expect(page.get_by_role("heading", name="Настройки")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Настройки")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "ru")


def test_dark_is_remembered(page: Page) -> None:
    page.goto("/settings")
    page.get_by_label("Appearance").select_option("dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_keys_are_shown(page: Page) -> None:
    page.goto("/settings")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("Show all keys")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def go_to(page: Page, text: str) -> Locator:
    """Open the box that leads anywhere, and write; what it offers."""
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Go to")
    expect(box).to_be_focused()
    box.press_sequentially(text)
    return page.get_by_role("listbox", name="Go to").get_by_role("option")


def test_a_few_letters_lead_to_a_room(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="No photos yet")).to_be_visible()
    expect(go_to(page, "gal")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/galleries$"))


def test_a_sign_asks_for_one_kind(page: Page, server: Server) -> None:
    httpx.post(f"{server.address}/api/kith/galleries", json={"title": "Fête d’été"}).raise_for_status()
    page.goto("/settings")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    expect(go_to(page, "/fete")).to_have_text(["Fête d’été"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Fête d’été")).to_be_visible()
    expect(go_to(page, "#2024-05")).to_have_text(["May 2024"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/search.*from=2024-05-01.*to=2024-05-31"))
    expect(go_to(page, ">dark")).to_have_text(["Appearance: Dark"])
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_what_nothing_is_called_is_searched_for(page: Page) -> None:
    page.goto("/people")
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    expect(go_to(page, ">zzz")).to_have_count(0)
    expect(page.get_by_text("Nothing is called so.")).to_be_visible()
    page.get_by_role("combobox", name="Go to").fill("zzz")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/search.*q=zzz"))


def test_an_address_that_leads_nowhere(page: Page) -> None:
    page.goto("/settings/nothing/of/this")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_anybody_can_use_it(browser: Browser, server: Server, theme: str, width: int) -> None:
    size = {"width": width, "height": 740}
    with opened(browser, server.address, color_scheme=theme, viewport=size) as page:
        page.goto("/settings")
        expect(page.get_by_role("heading", name="Settings")).to_be_visible()
        assert serious_findings(page) == []
        go_to(page, "s")
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
