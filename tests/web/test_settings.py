"""Settings: keys and what they may do, webhooks, the audit log, another pack."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from kith.engine.packs import PackStore
from tests.support.browser import Server, opened, serious_findings, serving
from tests.support.library import ANA, ANDRE, portrait
from tests.support.packs import pack_toml, write_pack

pytestmark = [pytest.mark.slow, pytest.mark.models]

PARTS = ["", "/packs", "/keys", "/webhooks", "/audit", "/about"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, packs_folder: Path) -> Iterator[Server]:
    """A library with a few photos and two packs."""
    folder = tmp_path_factory.mktemp("settings")
    (folder / "photos").mkdir()
    for name in (*ANA, *ANDRE[:1]):
        (folder / "photos" / name).write_bytes(portrait(name))
    shutil.copytree(packs_folder, folder / "data" / "packs")
    PackStore(folder / "data" / "packs").install(str(write_pack(folder / "tiny", pack_toml("tiny"))))
    with serving(folder / "data") as it:
        it.kith("import", str(folder / "photos"))
        yield it


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server.address) as it:
        yield it


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_anybody_can_use_it(browser: Browser, server: Server, theme: str, width: int) -> None:
    size = {"width": width, "height": 740}
    with opened(browser, server.address, color_scheme=theme, viewport=size) as page:
        for part in PARTS:
            page.goto(f"/settings{part}")
            expect(page.get_by_role("heading", level=2).first).to_be_visible()
            expect(page.get_by_text("Loading")).to_be_hidden()
            assert serious_findings(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width, part


def test_another_pack_keeps_the_names(page: Page, server: Server) -> None:
    with httpx.Client(base_url=f"{server.address}/api/kith") as client:
        (face,) = client.get("/photos/1").json()["faces"]
        decided = {"action": "assign", "face_ids": [face["face_id"]], "name": "Ana"}
        assert client.post("/faces/decide", json=decided).status_code == 200
        page.goto("/settings/packs")
        tiny = page.get_by_role("listitem").filter(has_text="Tiny networks")
        tiny.get_by_role("button", name="Use it").click()
        page.get_by_role("dialog").get_by_role("button", name="Use it").click()
        expect(tiny).to_contain_text("In use")
        expect(page.get_by_text("The pack in use has seen")).to_be_hidden()
        named = client.get("/people", params={"kind": "named"}).json()["items"]
        assert [it["name"] for it in named] == ["Ana"]


def test_the_audit_log_is_filtered_and_exported(page: Page) -> None:
    page.goto("/settings/audit")
    page.get_by_label("Action").select_option("decide")
    expect(page.get_by_role("listitem").filter(has_text="Faces indexed")).to_have_count(0)
    expect(page).to_have_url(page.url.split("?")[0] + "?action=decide")
    page.reload()
    expect(page.get_by_label("Action")).to_have_value("decide")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    assert download.value.suggested_filename == "audit.csv"


def test_a_webhook_that_cannot_be_spoken_to_says_why(page: Page) -> None:
    page.goto("/settings/webhooks")
    page.get_by_role("button", name="New webhook").click()
    page.get_by_label("Address").fill("https://nobody.invalid/hook")
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("The address does not answer.")


def test_it_says_what_it_is(page: Page) -> None:
    page.goto("/settings/about")
    expect(page.get_by_role("region", name="Parts").get_by_role("listitem").first).to_contain_text("Works")
    expect(page.get_by_text("KITH_DATA", exact=True)).to_be_visible()


def make_key(page: Page, name: str, *, only_look: bool) -> str:
    page.goto("/settings/keys")
    page.get_by_role("button", name="New key").click()
    form = page.get_by_role("dialog", name="New key")
    form.get_by_label("Name").fill(name)
    for scope in ("Add photos", "Search", "Change", "Administer") if only_look else ():
        form.get_by_label(scope).uncheck()
    form.get_by_role("button", name="Make the key").click()
    shown = page.get_by_role("dialog", name=f"The key “{name}”")
    secret = shown.locator("code").inner_text()
    shown.get_by_role("button", name="I have kept it").click()
    expect(page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    return secret


def test_keys(page: Page, browser: Browser, server: Server) -> None:
    """The first key keeps this browser in; others are asked for one, and told what theirs may not do."""
    make_key(page, "Owner", only_look=False)
    secret = make_key(page, "Visitor", only_look=True)
    with opened(browser, server.address) as visitor:
        visitor.goto("/")
        visitor.get_by_label("API key").fill("kith_wrong")
        visitor.get_by_role("button", name="Sign in").click()
        expect(visitor.get_by_role("alert")).to_be_visible()
        visitor.get_by_label("API key").fill(secret)
        visitor.get_by_role("button", name="Sign in").click()
        expect(visitor.locator("a[data-photo]").first).to_be_visible()
        expect(visitor.get_by_role("button", name="Add photos")).to_be_hidden()
        visitor.goto("/jobs")
        expect(visitor.get_by_text("Your key may look at jobs, but not pause")).to_be_visible()
        expect(visitor.get_by_role("button", name="Pause: Find faces")).to_be_hidden()
        visitor.goto("/settings/keys")
        expect(visitor.get_by_text("Your key may not do that.")).to_be_visible()
        expect(visitor.get_by_role("link", name="Keys")).to_be_hidden()
        visitor.goto("/settings")
        visitor.get_by_role("button", name="Sign out").click()
        expect(visitor.get_by_label("API key")).to_be_visible()
    entry = page.get_by_role("listitem").filter(has_text="Owner")
    entry.get_by_role("button", name="New secret").click()
    page.get_by_role("dialog").get_by_role("button", name="New secret").click()
    page.get_by_role("button", name="I have kept it").click()
    entry = page.get_by_role("listitem").filter(has_text="Visitor")
    entry.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(entry).to_contain_text("Revoked")
