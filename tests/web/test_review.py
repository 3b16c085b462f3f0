"""Same person? Answered by keyboard alone, one question after the other, with a way back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.beside import Beside, beside
from tests.support.browser import Server, opened, serious_findings, serving
from tests.support.shared import shared_path

pytestmark = [pytest.mark.slow, pytest.mark.models]

FEW = ("ana_guevara", "andre_agassi", "ariel_sharon", "arnold_schwarzenegger")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, packs_folder: Path) -> Iterator[Server]:
    """Where everybody is a little like everybody, so that there are questions."""
    folder = tmp_path_factory.mktemp("photos")
    for name in FEW:
        for file in sorted(shared_path("data", "identities", name).glob("*.jpg"))[:4]:
            shutil.copy(file, folder)
    data = tmp_path_factory.mktemp("review") / "data"
    with serving(data, packs_folder, IDENTITY__SUGGEST="0") as it:
        it.kith("import", str(folder))
        yield it


@pytest.fixture(autouse=True)
def known(server: Server) -> Iterator[Beside]:
    with beside(server) as it:
        yield it


@pytest.fixture
def page(browser: Browser, server: Server, known: Beside) -> Iterator[Page]:
    known.name(known.people()[0], "Ann")
    with opened(browser, server.address) as it:
        it.goto("/review")
        expect(faces(it)).to_have_count(4)
        yield it


def faces(page: Page) -> Locator:
    return page.get_by_role("button", name="show its photo")


def shown(page: Page) -> str | None:
    return faces(page).first.locator("img").get_attribute("src")


def test_by_keyboard_alone(page: Page, known: Beside) -> None:
    before = len(known.people())
    first = shown(page)
    page.keyboard.press("y")
    expect(faces(page).first.locator("img")).not_to_have_attribute("src", first or "")
    second = shown(page)
    page.keyboard.press("n")
    expect(faces(page).first.locator("img")).not_to_have_attribute("src", second or "")
    page.keyboard.press("u")
    expect(faces(page).first.locator("img")).to_have_attribute("src", second or "")
    expect(page.get_by_text("Taken back").first).to_be_visible()
    for _ in range(12):
        page.keyboard.press("s")
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    expect(page.get_by_text("1 question answered. Thank you.")).to_be_visible()
    page.get_by_role("button", name="skipped").click()
    expect(faces(page).first.locator("img")).to_have_attribute("src", second or "")
    assert len(known.people()) == before - 1


def test_the_whole_photo_beside_the_face(page: Page) -> None:
    page.keyboard.press(" ")
    expect(page.get_by_role("img", name="The whole photo")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(faces(page).nth(1)).to_have_attribute("aria-pressed", "true")
    assert serious_findings(page) == []
    page.keyboard.press(" ")
    expect(page.get_by_role("img", name="The whole photo")).to_be_hidden()


def test_what_another_tab_has_settled(page: Page, known: Beside) -> None:
    page.route("**/api/kith/review?*", lambda route: route.abort())
    ann = known.people("named")[0]
    for it in known.people():
        known.merge(ann, it)
    page.keyboard.press("y")
    expect(page.get_by_text("That was settled meanwhile.").first).to_be_visible()


def test_an_answer_is_not_lost_without_a_network(page: Page) -> None:
    first = shown(page)
    page.route("**/answer", lambda route: route.abort())
    page.keyboard.press("n")
    expect(page.get_by_text("The server does not answer.").first).to_be_visible()
    expect(faces(page).first.locator("img")).to_have_attribute("src", first or "")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_anybody_can_use_it(browser: Browser, server: Server, known: Beside, theme: str, width: int) -> None:
    known.name(known.people()[0], "n" * 200)
    size = {"width": width, "height": 740}
    with opened(browser, server.address, color_scheme=theme, viewport=size) as page:
        page.goto("/review")
        expect(faces(page).first).to_be_visible()
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
