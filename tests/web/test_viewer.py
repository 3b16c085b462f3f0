"""The viewer: one photo with its facts and faces; every decision shows at once, and has a way back."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import Server, opened, serious_findings, serving
from tests.support.shared import shared_path
from tests.support.touch import Fingers

pytestmark = [pytest.mark.slow, pytest.mark.models]

GROUPS = ("010_2", "012_4", "014_5")
UNKNOWN = "Who is this?"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, packs_folder: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("photos")
    for name in GROUPS:
        shutil.copy(shared_path("data", "groups", f"CompreFace__{name}.jpg"), folder)
    for file in sorted(shared_path("data", "identities", "ana_guevara").glob("*.jpg"))[:9]:
        shutil.copy(file, folder)
    with serving(tmp_path_factory.mktemp("viewer") / "data", packs_folder) as it:
        it.kith("import", str(folder))
        yield it


@pytest.fixture
def group(server: Server) -> int:
    """A photo of several people, none of them named."""
    photo_id = group_of(server)
    for face in httpx.get(f"{server.address}/api/kith/photos/{photo_id}").json()["faces"]:
        decide(server, "restore" if face["is_ignored"] else "unassign", face["face_id"])
    return photo_id


@pytest.fixture
def page(browser: Browser, server: Server, group: int) -> Iterator[Page]:
    with opened(browser, server.address) as it:
        it.goto(f"/photos/{group}")
        it.get_by_role("button", name="Information").click()
        expect(rows(it).first).to_be_visible()
        yield it


def group_of(server: Server) -> int:
    photos = httpx.get(f"{server.address}/api/kith/photos").json()["items"]
    return max(photos, key=lambda it: it["face_count"])["photo_id"]


def decide(server: Server, action: str, *face_ids: int, **more: object) -> None:
    body = {"action": action, "face_ids": face_ids, **more}
    httpx.post(f"{server.address}/api/kith/faces/decide", json=body).raise_for_status()


def panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="About this photo")


def rows(page: Page) -> Locator:
    return page.locator("[data-place=list]")


def name_first(page: Page, name: str) -> None:
    rows(page).first.click()
    page.get_by_role("combobox").fill(name)
    page.get_by_role("combobox").press("Enter")


def test_a_person_is_named_and_completed(page: Page, server: Server, group: int) -> None:
    name_first(page, "Zora Neale")
    expect(rows(page).first).to_contain_text("Zora Neale")
    expect(page.get_by_role("button", name="Zora Neale", exact=True)).to_be_visible()
    rows(page).nth(1).click()
    field = page.get_by_role("combobox")
    field.fill("zo")
    expect(page.get_by_role("option").first).to_contain_text("Zora Neale")
    field.press("Enter")
    expect(rows(page).nth(1)).to_contain_text("Zora Neale")
    expect(rows(page).nth(1)).to_be_focused()
    expect(page.get_by_role("button", name="Undo")).to_have_count(2)
    page.reload()
    expect(rows(page).filter(has_text="Zora Neale")).to_have_count(2)


def test_a_suggestion_is_rejected_and_taken_back(page: Page) -> None:
    name_first(page, "Zora Neale")
    expect(page.get_by_text("This is Zora Neale")).to_be_visible()
    rows(page).first.focus()
    page.keyboard.press("u")
    expect(rows(page).first).to_contain_text(UNKNOWN)
    expect(page.get_by_text("The name is taken away")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(rows(page).first).to_contain_text("Zora Neale")


def test_what_is_no_face_and_back(page: Page) -> None:
    before = rows(page).count()
    rows(page).first.focus()
    page.keyboard.press("h")
    expect(rows(page)).to_have_count(before - 1)
    panel(page).get_by_role("button", name="It is a face after all").click()
    expect(rows(page)).to_have_count(before)


def test_a_face_is_drawn(page: Page) -> None:
    before = rows(page).count()
    page.keyboard.press("b")
    photo = page.locator("[data-place=draw]").bounding_box()
    assert photo is not None
    across, down = photo["width"], photo["height"]
    page.mouse.move(photo["x"] + across * 0.02, photo["y"] + down * 0.75)
    page.mouse.down()
    page.mouse.move(photo["x"] + across * 0.12, photo["y"] + down * 0.95, steps=4)
    page.mouse.up()
    page.get_by_role("combobox").fill("Somebody Drawn")
    page.get_by_role("combobox").press("Enter")
    expect(rows(page).filter(has_text="Somebody Drawn")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(rows(page).filter(has_text="Somebody Drawn")).to_have_count(0)
    expect(rows(page)).to_have_count(before)


def test_drawing_by_keyboard_and_leaving(page: Page) -> None:
    page.keyboard.press("b")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Whose face is it?")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_be_hidden()
    expect(rows(page).first).to_be_visible()


def test_of_two_tabs_one_takes_it_back(page: Page) -> None:
    name_first(page, "Zora Neale")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    answer = page.request.post("/api/kith/decisions/undo")
    assert answer.ok
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("That was already taken back.")).to_be_visible()
    expect(rows(page).first).to_contain_text(UNKNOWN)


def test_the_network_goes_while_somebody_is_named(page: Page) -> None:
    rows(page).first.click()
    field = page.get_by_role("combobox")
    page.route("**/api/kith/**", lambda route: route.abort())
    field.fill("Zora Neale")
    field.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="The server does not answer.").first).to_be_visible()
    expect(page.get_by_role("combobox")).to_have_value("Zora Neale")
    page.unroute("**/api/kith/**")
    # What is urgent is read out by itself; its button is hidden from roles until the toast has the focus.
    page.get_by_text("Try again", exact=True).click()
    expect(rows(page).first).to_contain_text("Zora Neale")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.reload()
    expect(rows(page).first).to_contain_text("Zora Neale")


@pytest.mark.parametrize("name", ["زينب بنت علي", "W" * 200])
def test_names_of_any_kind(page: Page, name: str) -> None:
    name_first(page, name)
    expect(rows(page).first).to_contain_text(name)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    inside = "it => it.getBoundingClientRect().right <= innerWidth"
    assert panel(page).get_by_role("button", name="Not a face").first.evaluate(inside)


def test_a_name_that_is_too_long(page: Page) -> None:
    name_first(page, "W" * 300)
    expect(page.get_by_role("alert")).to_contain_text("at most 200 characters")
    expect(page.get_by_role("combobox")).to_have_value("W" * 300)


def test_what_two_write_at_once(page: Page, group: int) -> None:
    panel(page).get_by_role("button", name="Add a title").click()
    page.keyboard.type("Mine")
    page.request.patch(f"/api/kith/photos/{group}", data={"title": "Theirs"})
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("It now says: Theirs")
    with page.expect_response(lambda it: it.request.method == "PATCH"):
        page.get_by_role("button", name="Keep mine").click()
    expect(panel(page).get_by_role("button", name="Title: Mine")).to_be_visible()
    page.reload()
    panel(page).get_by_role("button", name="Title: Mine").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    with page.expect_response(lambda it: it.request.method == "PATCH"):
        page.keyboard.press("Enter")
    expect(panel(page).get_by_role("button", name="Add a title")).to_be_visible()


def test_by_keyboard_alone(page: Page, server: Server) -> None:
    page.keyboard.press("4")
    expect(panel(page).get_by_role("button", name="4 stars")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("4")
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("f")
    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(rows(page).nth(1)).to_be_focused()
    page.keyboard.press("p")
    expect(page.locator("[data-place=photo]")).to_have_count(1)
    page.keyboard.press("p")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    for text in ("Next face", "Draw a face", "Move to the trash", "Zoom in", "5 stars"):
        expect(sheet).to_contain_text(text)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(panel(page)).to_be_visible()


def test_zoom(page: Page) -> None:
    photo = page.get_by_role("img", name=re.compile("Photo of"))
    fitted = photo.bounding_box()
    page.keyboard.press("+")
    page.keyboard.press("+")
    nearer = photo.bounding_box()
    assert fitted is not None
    assert nearer is not None
    assert nearer["width"] == pytest.approx(fitted["width"] * 2.25, rel=0.01)
    page.keyboard.press("0")
    assert photo.bounding_box() == fitted


def test_to_others_and_back_to_where_one_was(browser: Browser, server: Server) -> None:
    with opened(browser, server.address, viewport={"width": 700, "height": 300}) as page:
        page.goto("/")
        tiles = page.locator("a[data-photo]")
        expect(tiles.first).to_be_visible()
        tiles.nth(4).scroll_into_view_if_needed()
        scrolled = page.evaluate("window.scrollY")
        tiles.nth(4).click()
        expect(page).to_have_url(re.compile("/photos/"))
        first = page.url
        expect(page.get_by_role("button", name="Next photo")).to_be_attached()
        page.keyboard.press("ArrowRight")
        expect(page).not_to_have_url(first)
        expect(page.get_by_role("button", name="Previous photo")).to_be_attached()
        page.keyboard.press("ArrowLeft")
        expect(page).to_have_url(first)
        page.keyboard.press("Escape")
        expect(tiles.first).to_be_visible()
        expect(tiles.nth(4)).to_be_in_viewport()
        assert page.evaluate("window.scrollY") == scrolled


def test_the_trash_goes_on_and_back(page: Page, group: int) -> None:
    page.keyboard.press("Delete")
    expect(page).not_to_have_url(re.compile(f"/photos/{group}$"))
    expect(page.get_by_text("Moved to the trash")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile(f"/photos/{group}$"))


def test_a_photo_that_is_gone(browser: Browser, server: Server) -> None:
    with opened(browser, server.address) as page:
        for address in ("/photos/99999", "/photos/nothing"):
            page.goto(address)
            expect(page.get_by_role("heading", name="This photo is gone")).to_be_visible()
        page.get_by_role("link", name="Go to the photos").click()
        expect(page.locator("a[data-photo]").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_anybody_can_use_it(browser: Browser, server: Server, theme: str, width: int) -> None:
    size = {"width": width, "height": 740}
    with opened(browser, server.address, color_scheme=theme, viewport=size) as page:
        page.goto(f"/photos/{group_of(server)}")
        page.get_by_role("button", name="Information").click()
        rows(page).first.click()
        page.get_by_role("combobox").fill("Some")
        expect(page.get_by_role("option").first).to_be_visible()
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


class TestFingers:
    """A phone's viewer: swiped through, pinched, and swiped away."""

    @pytest.fixture
    def phone(self, browser: Browser, server: Server) -> Iterator[Page]:
        size = {"width": 390, "height": 780}
        with opened(browser, server.address, has_touch=True, is_mobile=True, viewport=size) as it:
            it.goto("/")
            it.locator("a[data-photo]").nth(1).click()
            expect(it.locator("[data-zoomed]")).to_be_visible()
            yield it

    def test_swipes_lead_to_the_next_and_back(self, phone: Page) -> None:
        here = phone.url
        fingers = Fingers(phone)
        fingers.move(((300, 300), (60, 310)))
        expect(phone).not_to_have_url(here)
        fingers.move(((60, 300), (320, 290)))
        expect(phone).to_have_url(here)
        # Too short to mean it.
        fingers.move(((200, 300), (170, 300)))
        expect(phone).to_have_url(here)

    def test_a_swipe_down_closes(self, phone: Page) -> None:
        Fingers(phone).move(((200, 200), (205, 500)))
        expect(phone.locator("[data-zoomed]")).to_have_count(0)
        expect(phone.locator("a[data-photo]").first).to_be_visible()

    def test_two_fingers_zoom_and_one_pans(self, phone: Page) -> None:
        here = phone.url
        frame = phone.locator("[data-zoomed]")
        picture = frame.locator("img").first
        fingers = Fingers(phone)
        before = picture.bounding_box()
        fingers.move(((180, 380), (100, 300)), ((220, 400), (300, 480)))
        expect(frame).to_have_attribute("data-zoomed", "true")
        near = picture.bounding_box()
        assert before is not None
        assert near is not None
        assert near["width"] > 1.5 * before["width"]
        fingers.move(((200, 400), (120, 400)))
        panned = picture.bounding_box()
        assert panned is not None
        assert panned["x"] < near["x"] - 40
        expect(phone).to_have_url(here)
        # All of it again, and a swipe is a swipe.
        fingers.move(((100, 300), (190, 385)), ((300, 480), (210, 395)))
        fingers.move(((100, 300), (190, 385)), ((300, 480), (210, 395)))
        expect(frame).to_have_attribute("data-zoomed", "false")
        fingers.move(((300, 300), (60, 310)))
        expect(phone).not_to_have_url(here)
