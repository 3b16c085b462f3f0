"""Search: two people together, one of them without the other, dates, words, and somebody by a picture."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.support.browser import Server, opened, serious_findings, serving
from tests.support.shared import shared_path

pytestmark = [pytest.mark.slow, pytest.mark.models]

ANA, ANDRE = "ana_guevara", "andre_agassi"
ALONE, TOGETHER = 4, 2


def portraits(name: str) -> list[Path]:
    return sorted(shared_path("data", "identities", name).glob("*.jpg"))[1:]


def fill(folder: Path) -> None:
    for name in (ANA, ANDRE):
        for file in portraits(name)[:ALONE]:
            shutil.copy(file, folder)
    for number, pair in enumerate(zip(portraits(ANA)[:TOGETHER], portraits(ANDRE)[:TOGETHER], strict=True)):
        both = Image.new("RGB", (800, 400))
        for place, file in enumerate(pair):
            both.paste(Image.open(file).resize((400, 400)), (400 * place, 0))
        both.save(folder / f"together_{number}.jpg", quality=92)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, packs_folder: Path) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("search") / "data", packs_folder) as it:
        folder = tmp_path_factory.mktemp("photos")
        fill(folder)
        it.kith("import", str(folder))
        name_both(it)
        yield it


def name_both(server: Server) -> None:
    with httpx.Client(base_url=f"{server.address}/api/kith", timeout=30) as api:
        for name, file in (("Ana", portraits(ANA)[0]), ("Bo", portraits(ANDRE)[0])):
            found = api.post("/search/face", files={"file": file.read_bytes()}).json()
            person = found["people"][0]["person_id"]
            assert api.patch(f"/people/{person}", json={"name": name}).status_code == 200


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server.address) as it:
        it.goto("/search")
        expect(box(it)).to_be_focused()
        yield it


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search for people, dates and words")


def ask_for(page: Page, text: str, choice: str) -> None:
    box(page).press_sequentially(text)
    expect(page.get_by_role("option", name=choice)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Remove: {choice}")).to_be_visible()


def found(page: Page, count: int) -> None:
    expect(page.get_by_text(f"{count} photos", exact=True)).to_be_visible()
    expect(page.locator("a[data-photo]")).to_have_count(count)


def test_two_people_together(page: Page) -> None:
    ask_for(page, "@an", "Ana")
    found(page, ALONE + TOGETHER)
    ask_for(page, "@bo", "Bo")
    found(page, TOGETHER)
    page.reload()
    found(page, TOGETHER)
    page.get_by_label("How Bo counts").select_option("without")
    found(page, ALONE)
    page.get_by_label("How Ana counts").select_option("or")
    page.get_by_label("How Bo counts").select_option("or")
    found(page, 2 * ALONE + TOGETHER)
    page.get_by_role("button", name="Remove: Bo").click()
    page.get_by_role("button", name="Only these").click()
    found(page, ALONE)
    page.go_back()
    found(page, ALONE + TOGETHER)


def test_words_and_dates(page: Page) -> None:
    box(page).press_sequentially("together")
    found(page, TOGETHER)
    expect(box(page)).to_have_value("together")
    box(page).press_sequentially(" #may 1990")
    expect(page.get_by_role("option", name="May 1990")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No photos were found")).to_be_visible()
    page.get_by_role("button", name="Remove: May 1990").click()
    found(page, TOGETHER)


def test_a_favourite(page: Page, server: Server) -> None:
    httpx.post(f"{server.address}/api/kith/photos/edit", json={"photo_ids": [1], "is_favourite": True})
    page.get_by_role("button", name="Favourites").click()
    expect(page.get_by_text("1 photo", exact=True)).to_be_visible()


def test_from_another_room_by_a_key(page: Page) -> None:
    page.goto("/")
    expect(page.locator("a[data-photo]").first).to_be_visible()
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.locator("body").click(position={"x": 900, "y": 700})
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()


def test_somebody_by_a_picture(page: Page, tmp_path: Path) -> None:
    picture = page.locator("input[type=file]").first
    picture.set_input_files(portraits(ANA)[ALONE])
    expect(page.get_by_role("button", name="Ana").first).to_be_visible()
    fill(tmp_path)
    picture.set_input_files(tmp_path / "together_0.jpg")
    faces = page.get_by_role("button", name=re.compile(r"^Face \d"))
    expect(faces).to_have_count(2)
    faces.nth(1).click()
    expect(faces.nth(1)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Bo ").first.click()
    found(page, ALONE + TOGETHER)


def test_a_picture_without_a_face(page: Page) -> None:
    wall = FilePayload(name="wall.txt", mimeType="text/plain", buffer=b"no picture at all")
    page.locator("input[type=file]").first.set_input_files(wall)
    expect(page.get_by_role("alert")).to_contain_text("Kith does not read this kind of file.")
    page.get_by_role("button", name="Back to the search").click()
    expect(page.get_by_role("heading", name="Search your photos")).to_be_visible()


def test_a_few_letters_lead_to_a_person(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Go to").press_sequentially("@an")
    expect(page.get_by_role("listbox", name="Go to").get_by_role("option")).to_have_text(["Ana"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ana")).to_be_visible()


def test_somebody_merged_away_is_asked_for_as_who_they_are_now(page: Page, server: Server) -> None:
    with httpx.Client(base_url=f"{server.address}/api/kith", timeout=30) as api:
        ids = {it["name"]: it["person_id"] for it in api.get("/people?kind=named").json()["items"]}
        merge = {"into": ids["Ana"], "from": [ids["Bo"]]}
        api.post("/people/merge", json=merge).raise_for_status()
        page.goto(f"/search?all=[{ids['Bo']}]")
        expect(page).to_have_url(re.compile(f"all=%5B{ids['Ana']}%5D"))
        expect(page.locator("a[data-photo]").first).to_be_visible()
        api.post("/decisions/undo").raise_for_status()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_anybody_can_use_it(browser: Browser, server: Server, theme: str, width: int) -> None:
    size = {"width": width, "height": 740}
    with opened(browser, server.address, color_scheme=theme, viewport=size) as page:
        page.goto("/search")
        expect(box(page)).to_be_focused()
        assert serious_findings(page) == []
        ask_for(page, "@an", "Ana")
        box(page).press_sequentially("@b")
        expect(page.get_by_role("option", name="Bo")).to_be_visible()
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
