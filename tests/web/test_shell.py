"""What stands around every room: appearance, language, keys, what is found nowhere."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

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
        assert page.evaluate("document.documentElement.scrollWidth") <= width
