"""People: named, merged, split, and asked about; every decision with a way back, whichever tab is first."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.beside import Beside, beside
from tests.support.browser import Server, opened, serious_findings, serving
from tests.support.shared import shared_path

pytestmark = [pytest.mark.slow, pytest.mark.models]

FEW = ("ana_guevara", "andre_agassi", "ariel_sharon")
EACH = 6


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, packs_folder: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("photos")
    for name in FEW:
        for file in sorted(shared_path("data", "identities", name).glob("*.jpg"))[:EACH]:
            shutil.copy(file, folder)
    with serving(tmp_path_factory.mktemp("people") / "data", packs_folder) as it:
        it.kith("import", str(folder))
        yield it


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server.address) as it:
        yield it


@pytest.fixture(autouse=True)
def known(server: Server) -> Iterator[Beside]:
    with beside(server) as it:
        yield it


def tiles(page: Page) -> Locator:
    return page.locator("a[data-tile]")


def said(page: Page, text: str) -> Locator:
    """The message with this text."""
    messages = page.get_by_role("region", name="Messages").locator("[role]")
    return messages.filter(has_text=text).first


def take_back(page: Page, text: str) -> None:
    said(page, text).get_by_role("button", name="Undo").click()
    expect(said(page, "Taken back")).to_be_visible()


def test_somebody_is_named_in_place(page: Page, known: Beside) -> None:
    page.goto("/people")
    expect(page.get_by_role("heading", name="Nobody has a name yet")).to_be_visible()
    page.get_by_role("link", name="Who is this?").first.click()
    expect(tiles(page)).to_have_count(3)
    page.keyboard.press("n")
    page.keyboard.type("Ana María")
    page.keyboard.press("Enter")
    # The next is asked for at once: the same name makes the two one.
    expect(tiles(page)).to_have_count(2)
    expect(page.get_by_role("combobox", name="Who is this?")).to_be_focused()
    page.keyboard.type("maria")
    expect(page.get_by_role("option", name="Ana María")).to_be_visible()
    page.keyboard.press("Enter")
    expect(tiles(page)).to_have_count(1)
    take_back(page, "more photos belong to Ana María now")
    expect(tiles(page)).to_have_count(2)
    page.goto("/people")
    expect(tiles(page)).to_have_count(1)
    expect(page.get_by_text("Ana María")).to_be_visible()
    assert len(known.people("named")) == 1


def test_a_name_is_not_lost_without_a_network(page: Page) -> None:
    page.goto("/people?kind=unnamed")
    expect(tiles(page)).to_have_count(3)
    page.route("**/api/kith/people/*", lambda route: route.abort())
    page.get_by_role("button", name="Who is this?").first.click()
    page.keyboard.type("نور الهدى")
    page.keyboard.press("Enter")
    expect(said(page, "The server does not answer.")).to_be_visible()
    expect(page.get_by_role("button", name="نور الهدى")).to_be_visible()
    page.unroute("**/api/kith/people/*")
    page.get_by_text("Try again", exact=True).click()
    expect(said(page, "This is نور الهدى now")).to_be_visible()


def test_persons_are_merged_and_parted_again(page: Page, known: Beside) -> None:
    first, second, third = known.people()
    known.name(first, "Ann")
    known.name(second, "Bo")
    page.goto(f"/people/{first}")
    expect(page.get_by_role("heading", name="Ann")).to_be_visible()
    page.keyboard.press("m")
    page.keyboard.type("bo")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Merge")
    expect(dialog).to_contain_text("Ann and 6 photos become part of Bo.")
    page.keyboard.press("s")
    expect(dialog).to_contain_text("Bo and 6 photos become part of Ann.")
    dialog.get_by_role("button", name="Swap").click()
    dialog.get_by_role("button", name="Merge").click()
    expect(page).to_have_url(f"{page.url.split('/people')[0]}/people/{second}")
    expect(page.get_by_text("12 photos").first).to_be_visible()
    take_back(page, "6 more photos belong to Bo now")
    expect(page.get_by_text("6 photos").first).to_be_visible()
    assert sorted([*known.people("named"), third]) == sorted([first, second, third])


def test_a_person_is_split(page: Page, known: Beside) -> None:
    first, second, third = known.people()
    known.merge(first, second)
    page.goto(f"/people/{first}/split")
    groups = page.get_by_role("button", name="Group")
    expect(groups).to_have_count(2)
    page.keyboard.press("2")
    expect(page.get_by_text("6 faces become somebody else")).to_be_visible()
    page.get_by_role("combobox", name="Who they are, if known").fill("Cy")
    page.get_by_role("button", name="Split off").click()
    expect(said(page, "6 faces are somebody else now")).to_be_visible()
    expect(page.get_by_text("6 photos").first).to_be_visible()
    assert len(known.people("named")) == 1
    take_back(page, "6 faces are somebody else now")
    expect(page.get_by_text("12 photos").first).to_be_visible()
    assert known.people() == [first, third]


def test_faces_are_given_to_somebody_else(page: Page, known: Beside) -> None:
    first, second, _ = known.people()
    known.name(second, "Bo")
    page.goto(f"/people/{first}?view=faces")
    faces = page.get_by_role("button", name="Face ", exact=False).filter(has=page.locator("img"))
    expect(faces).to_have_count(6)
    faces.nth(0).click()
    faces.nth(1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("X")
    expect(page.get_by_role("toolbar")).to_contain_text("3 chosen")
    page.get_by_role("button", name="Somebody else…").click()
    page.keyboard.type("bo")
    page.keyboard.press("Enter")
    # By these Kith recognises Bo in the others too, until that is taken back.
    expect(page.get_by_role("heading", name="This person is no longer there")).to_be_visible()
    take_back(page, "3 faces belong to Bo now")
    expect(faces).to_have_count(6)


def test_somebody_merged_away_in_another_tab(page: Page, known: Beside) -> None:
    first, second, _ = known.people()
    known.name(first, "Ann")
    page.goto(f"/people/{second}")
    expect(page.get_by_text("6 photos").first).to_be_visible()
    known.merge(first, second)
    expect(said(page, "That person has become part of this one.")).to_be_visible()
    expect(page.get_by_role("heading", name="Ann")).to_be_visible()
    expect(page).to_have_url(f"{page.url.split('/people')[0]}/people/{first}")


def test_two_tabs_take_the_same_decision_back(page: Page, known: Beside) -> None:
    first, second, _ = known.people()
    decision = known.merge(first, second)
    page.goto(f"/people/{first}?view=history")
    button = page.get_by_role("button", name="Undo").first
    expect(button).to_be_visible()
    # What the other tab does is not heard of: this one still offers it.
    page.route("**/api/kith/decisions?*", lambda route: route.abort())
    known.undo(decision)
    button.click()
    expect(said(page, "That was already taken back.")).to_be_visible()


def test_a_picture_that_cannot_be_had_leaves_its_place(page: Page) -> None:
    page.route("**/api/kith/faces/*/crop*", lambda route: route.fulfill(status=404))
    page.goto("/people?kind=unnamed")
    picture = tiles(page).first.locator("img")
    expect(picture).to_have_css("visibility", "hidden")
    page.unroute("**/api/kith/faces/*/crop*")
    page.reload()
    expect(picture).to_have_css("visibility", "visible")


def test_birthdays_tell_ages(page: Page, known: Beside) -> None:
    first, *_ = known.people()
    page.goto(f"/people/{first}")
    page.get_by_role("button", name="Add a birthday").click()
    page.get_by_label("Date of birth").fill("2001-02-03")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Born February 3, 2001")).to_be_visible()
    expect(page.locator("[data-photo]").first.locator("..")).to_contain_text("years")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_anybody_can_use_it(browser: Browser, server: Server, known: Beside, theme: str, width: int) -> None:
    first, second, _ = known.people()
    known.name(first, "n" * 200)
    known.merge(first, second)
    size = {"width": width, "height": 740}
    with opened(browser, server.address, color_scheme=theme, viewport=size) as page:
        for path, seen in (
            ("/people", "a[data-tile]"),
            ("/people?kind=unnamed", "a[data-tile]"),
            (f"/people/{first}", "a[data-photo]"),
            (f"/people/{first}?view=faces", "button[data-tile]"),
            (f"/people/{first}?view=history", "time"),
            (f"/people/{first}/split", "kbd"),
            ("/review", "h1, h2"),
        ):
            page.goto(path)
            expect(page.locator(seen).first).to_be_visible()
            assert (path, serious_findings(page)) == (path, [])
            assert (path, page.evaluate("document.documentElement.scrollWidth") <= width) == (path, True)
