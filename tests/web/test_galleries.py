"""Galleries: made, filled, shared by a link with a QR code, revoked, deleted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Server, opened, serious_findings, serving
from tests.support.shared import shared_path

pytestmark = [pytest.mark.slow, pytest.mark.models]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, packs_folder: Path) -> Iterator[Server]:
    sources = {"SOURCES__URL": str(shared_path("data"))}
    with serving(tmp_path_factory.mktemp("galleries") / "data", packs_folder, **sources) as it:
        yield it


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server.address) as it:
        yield it


def portraits(name: str, count: int) -> list[Path]:
    return sorted(shared_path("data", "identities", name).glob("*.jpg"))[:count]


def make(page: Page, title: str) -> None:
    page.goto("/galleries")
    page.get_by_role("button", name="New gallery").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Make the gallery").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def add(page: Page, files: list[Path]) -> None:
    page.locator("input[data-adds=files]").set_input_files(files)
    expect(page.locator("a[data-photo]")).to_have_count(len(files))


def test_made_filled_shared_and_deleted(page: Page) -> None:
    make(page, "Summer party")
    add(page, portraits("ana_guevara", 4))
    expect(page.get_by_text("4 photos", exact=True)).to_be_visible()

    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Share with guests")
    dialog.get_by_label("What guests agree to").fill("May we look for you?")
    dialog.get_by_label("Password").fill("sesame")
    dialog.get_by_role("button", name="Make the link").click()
    code = dialog.get_by_role("img", name="QR code of the link")
    expect(code).to_be_visible()
    assert code.evaluate("it => it.complete && it.naturalWidth > 0 || it.decode().then(() => true)")
    expect(dialog.get_by_text("With a password")).to_be_visible()
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download code").click()
    assert download.value.suggested_filename.endswith("-qr.svg")
    link = dialog.get_by_role("textbox", name="Link").input_value()

    guest = page.context.new_page()
    guest.goto(link)
    expect(guest.get_by_text("May we look for you?")).to_be_visible()
    guest.close()
    page.reload()
    page.get_by_role("button", name="Share").click()
    expect(dialog.get_by_role("button", name="1 Visits")).to_be_visible()

    dialog.get_by_role("button", name="Revoke").click()
    dialog.get_by_role("button", name="Revoke").click()
    expect(dialog.get_by_role("button", name="Make the link")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Delete the gallery").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(page).to_have_url(f"{page.url.split('/galleries')[0]}/galleries")
    expect(page.get_by_role("link", name="Summer party")).to_have_count(0)


def test_a_link_is_changed(page: Page) -> None:
    make(page, "Reunion")
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Share with guests")
    dialog.get_by_label("Password").fill("sesame")
    dialog.get_by_role("button", name="Make the link").click()
    expect(dialog.get_by_role("img", name="QR code of the link")).to_be_visible()
    link = dialog.get_by_role("textbox", name="Link").input_value()

    dialog.get_by_role("button", name="Change").click()
    dialog.get_by_label("What guests agree to").fill("Shall we look?")
    dialog.get_by_label("Guests may download photos").uncheck()
    dialog.get_by_label("The link ends on").fill("2099-05-01")
    dialog.get_by_role("button", name="Save").click()
    for fact in ("With a password", "For looking only", "Until May 1, 2099"):
        expect(dialog.get_by_text(fact)).to_be_visible()

    dialog.get_by_role("button", name="Change").click()
    dialog.get_by_label("Ask for no password any more").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("For looking only")).to_be_visible()
    expect(dialog.get_by_text("With a password")).to_be_hidden()
    assert dialog.get_by_role("textbox", name="Link").input_value() == link
    guest = page.context.new_page()
    guest.goto(link)
    expect(guest.get_by_text("Shall we look?")).to_be_visible()
    guest.close()


def test_taken_in_from_storage(page: Page) -> None:
    make(page, "From the bucket")
    page.get_by_role("button", name="Take in from storage").click()
    page.get_by_role("textbox", name="Folder").fill("identities/andre_agassi")
    page.get_by_role("button", name="Take in", exact=True).click()
    expect(page.get_by_text("Taken in from identities/andre_agassi")).to_be_visible()
    expect(page.locator("a[data-photo]").first).to_be_visible()


def test_what_is_said_of_it_is_changed(page: Page) -> None:
    make(page, "A" * 200)
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Title").fill("حفلة الصيف")
    page.get_by_label("Words to your guests").fill("Thank you")
    page.get_by_label("Ends on").fill("2099-05-01")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="حفلة الصيف")).to_be_visible()
    expect(page.get_by_text("until May 1, 2099")).to_be_visible()


def test_one_that_is_not_there(page: Page) -> None:
    page.goto("/galleries/999")
    expect(page.get_by_role("alert")).to_contain_text("That gallery is no longer there.")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_anybody_can_use_it(browser: Browser, server: Server, theme: str, width: int) -> None:
    size = {"width": width, "height": 740}
    with opened(browser, server.address, color_scheme=theme, viewport=size) as page:
        make(page, "W" * 200)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("button", name="Share").click()
        expect(page.get_by_role("button", name="Make the link")).to_be_visible()
        assert serious_findings(page) == []
        page.get_by_role("button", name="Make the link").click()
        expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
        assert serious_findings(page) == []
        page.goto("/galleries")
        expect(page.get_by_role("link", name="W" * 200).first).to_be_visible()
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
