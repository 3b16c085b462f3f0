"""Adding photos: dropped by the folder, sent in pieces that go on where they broke off, or refused."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from tests.support.browser import Server, opened, serious_findings, serving
from tests.support.library import ANA, ANDRE, portrait
from tests.support.shared import shared_path

pytestmark = [pytest.mark.slow, pytest.mark.models]

PIECES = "**/api/kith/uploads/*"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, packs_folder: Path) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("uploads") / "data", packs_folder) as it:
        yield it


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server.address) as it:
        it.goto("/")
        expect(it.get_by_role("button", name="Add photos")).to_be_visible()
        yield it


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with photos in folders, and what lies beside photos."""
    folder = tmp_path_factory.mktemp("holiday") / "holiday"
    for name, below in ((ANA[0], ""), (ANA[1], "first day"), (ANDRE[0], "first day/evening")):
        (folder / below).mkdir(parents=True, exist_ok=True)
        (folder / below / name).write_bytes(portrait(name))
    (folder / "notes.txt").write_text("not a photo")
    (folder / ".hidden.jpg").write_bytes(b"not a photo either")
    return folder


def large(folder: Path, name: str) -> Path:
    """A photo of several pieces."""
    file = folder / name
    file.write_bytes(portrait(name) + bytes(5 << 20))
    return file


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Adding photos")


def add(page: Page, *files: Path) -> None:
    page.locator("input[data-adds=files]").set_input_files([str(it) for it in files])


def drop(page: Page, path: Path) -> Callable[[], None]:
    """Hold a folder over the page, as a file manager does; what is answered lets it go."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}

    def send(kind: str) -> None:
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 500, "y": 400, "data": data})

    send("dragEnter")
    send("dragOver")
    return lambda: send("drop")


def pieces(page: Page) -> list[int]:
    """The offsets of all pieces that are sent from now on."""
    sent: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            sent.append(int(request.headers["upload-offset"]))

    page.on("request", note)
    return sent


def lose_pieces(page: Page, *, from_bytes: int) -> None:
    def answer(route: Route) -> None:
        offset = int(route.request.headers.get("upload-offset", "0"))
        if route.request.method == "GET" or offset >= from_bytes:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route(PIECES, answer)


def test_a_folder_is_dropped_and_its_photos_arrive(page: Page, folder: Path) -> None:
    let_go = drop(page, folder)
    expect(page.get_by_text("Drop to add these photos")).to_be_visible()
    let_go()
    expect(page.get_by_text("Drop to add these photos")).to_be_hidden()
    expect(panel(page)).to_contain_text("3 photos added")
    expect(page.locator("a[data-photo]")).to_have_count(3)


def test_what_is_there_already_is_said_before_a_byte_is_sent(page: Page, folder: Path) -> None:
    drop(page, folder)()
    expect(panel(page)).to_contain_text(re.compile("3 photos added|3 were there already"))
    page.reload()
    expect(page.get_by_role("button", name="Add photos")).to_be_visible()
    sent = pieces(page)
    drop(page, folder)()
    expect(panel(page)).to_contain_text("3 were there already")
    assert sent == []
    panel(page).get_by_role("link", name="Show the photo").first.click()
    expect(page).to_have_url(f"{page.url.split('/photos')[0]}/photos/{page.url.rsplit('/', 1)[1]}")


def test_a_file_that_is_no_picture_says_why(page: Page) -> None:
    add(page, shared_path("data", "malformed", "CompreFace__corrupted.png"))
    expect(panel(page)).to_contain_text("1 could not be added")
    expect(panel(page).get_by_role("listitem")).to_contain_text("The file is damaged, or is no picture.")
    panel(page).get_by_role("button", name="Close").click()
    expect(panel(page)).to_be_hidden()


def test_cancelled_halfway_nothing_is_left(page: Page, server: Server, tmp_path: Path) -> None:
    lose_pieces(page, from_bytes=1)
    add(page, large(tmp_path, ANA[2]))
    expect(panel(page)).to_contain_text("No connection.")
    assert list((server.data / "uploads").iterdir())
    page.unroute(PIECES)
    with page.expect_response(lambda it: it.request.method == "DELETE") as cancelled:
        panel(page).get_by_role("button", name="Cancel all").click()
    assert cancelled.value.status == 204
    expect(panel(page)).to_contain_text("1 cancelled")
    assert list((server.data / "uploads").iterdir()) == []
    assert page.evaluate("localStorage.getItem('kith.uploads')") is None


def test_the_network_goes_and_comes_back(page: Page, tmp_path: Path) -> None:
    sent = pieces(page)
    lose_pieces(page, from_bytes=1)
    add(page, large(tmp_path, ANDRE[1]))
    expect(panel(page)).to_contain_text("No connection. It goes on by itself.")
    page.unroute(PIECES)
    expect(panel(page)).to_contain_text("1 photo added")
    assert sent.count(0) == 1


def test_it_goes_on_after_a_reload(page: Page, tmp_path: Path) -> None:
    file = large(tmp_path, ANDRE[2])
    lose_pieces(page, from_bytes=1)
    add(page, file)
    expect(panel(page)).to_contain_text("No connection.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute(PIECES)
    page.route("**/api/kith/uploads/*", lambda route: route.abort())
    page.reload()
    page.unroute(PIECES)
    expect(page.get_by_role("button", name="Add photos")).to_be_visible()
    sent = pieces(page)
    add(page, file)
    expect(panel(page)).to_contain_text("1 photo added")
    assert 0 not in sent


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_anybody_can_use_it(browser: Browser, server: Server, folder: Path, theme: Any, width: int) -> None:
    size = {"width": width, "height": 740}
    with opened(browser, server.address, color_scheme=theme, viewport=size) as page:
        page.goto("/")
        add(page, folder / ANA[0], shared_path("data", "malformed", "CompreFace__corrupted.png"))
        expect(panel(page)).to_contain_text(re.compile("1 photo added|1 was there already"))
        expect(panel(page)).to_contain_text("1 could not be added")
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
