"""`python -m tools.screenshots --models DIR`: take a picture of every room, in light, dark and on a phone.

A server of its own is given drawn photos (tools/drawn.py), whose faces it finds and groups itself; then
people are named, a gallery is shared, and Chromium goes through the rooms. The pictures go to
docs/screenshots/, or to `--into`. With `--photos DIR` the rooms are filled with photos of that folder, for
one's own eyes.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import FLAGS, chromium_path
from tests.support.client import live_server
from tools.drawn import Drawn, draw_album

ROOT = Path(__file__).parents[1]
INTO = ROOT / "docs" / "screenshots"
_WINDOWS: Mapping[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 780}, "device_scale_factor": 2,
        "is_mobile": True, "has_touch": True,
    },
}  # fmt: skip


class Library:
    """The API of a server that has just imported photos."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=f"{url}/api/kith", timeout=60)

    def get(self, path: str, **query: Any) -> Any:
        return self._client.get(path, params=query).raise_for_status().json()

    def post(self, path: str, body: object = None, **more: Any) -> Any:
        return self._client.post(path, json=body, **more).raise_for_status().json()

    def patch(self, path: str, body: object) -> Any:
        return self._client.patch(path, json=body).raise_for_status().json()


# Those nobody has named yet, and the share of faces of the others that is left to Kith.
_NAMELESS = frozenset({"Karim"})
_LEFT = 5
# What was rejected may be taken for yet another.
_ROUNDS = 4


def name_people(library: Library, album: Sequence[Drawn]) -> None:
    """Name those who were drawn, as an owner would, but for some; so something is left to ask."""
    drawn = {it.path.name: it for it in album}
    faces: dict[str, list[int]] = {}
    for item in library.get("/photos", limit=1000)["items"]:
        photo = library.get(f"/photos/{item['photo_id']}")
        for face in photo["faces"]:
            faces.setdefault(_who(face["box"], drawn[photo["original_name"]]), []).append(face["face_id"])
    for name, face_ids in faces.items():
        if name not in _NAMELESS:
            said = [it for number, it in enumerate(face_ids) if number % _LEFT]
            library.post("/faces/decide", {"face_ids": said, "action": "assign", "name": name})


def correct(library: Library, album: Sequence[Drawn]) -> None:
    """Reject those taken for somebody else: networks made for photos do not always tell drawn faces apart."""
    drawn = {it.path.name: it for it in album}
    for item in library.get("/photos", limit=1000)["items"]:
        photo = library.get(f"/photos/{item['photo_id']}")
        for face in photo["faces"]:
            who = _who(face["box"], drawn[photo["original_name"]])
            guess = face["person"] or face["suggested"]
            if guess is not None and guess["name"] not in {None, who}:
                wrong = {"face_ids": [face["face_id"]], "action": "reject", "person_id": guess["person_id"]}
                library.post("/faces/decide", wrong)


def rest(library: Library) -> None:
    """Wait until nothing is left to do in the background."""
    while any(it["queued"] + it["running"] for it in library.get("/jobs")["kinds"]):
        time.sleep(0.5)


def _who(box: Mapping[str, float], drawn: Drawn) -> str:
    """Whose drawn face a found one is nearest to."""
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def away(sitter: tuple[float, float, float, float]) -> float:
        return (sitter[0] + sitter[2] / 2 - x) ** 2 + (sitter[1] + sitter[3] / 2 - y) ** 2

    return min(drawn.sitters, key=lambda it: away(it.box)).name


def share_gallery(library: Library, pictures: Sequence[Path]) -> tuple[int, str]:
    """A gallery with some pictures and a link for guests: its id and where the link leads."""
    gallery = library.post("/galleries", {"title": "Summer party"})["gallery_id"]
    for path in pictures:
        files = {"files": (path.name, path.read_bytes())}
        library.post(f"/galleries/{gallery}/photos", files=files)
    share = library.post(f"/galleries/{gallery}/shares", {"downloads": True, "only_own": True})
    return gallery, share["url"]


def rooms(library: Library, gallery: int, guest: str) -> Iterator[tuple[str, str]]:
    """The name of each room and where it is."""
    photos = library.get("/photos", limit=200)["items"]
    most = max(photos, key=lambda it: it["face_count"])["photo_id"]
    people = library.get("/people", kind="named")["items"]
    yield "timeline", "/"
    yield "viewer", f"/photos/{most}"
    yield "people", "/people"
    yield "person", f"/people/{people[0]['person_id']}"
    yield "review", "/review"
    yield "search", f"/search?all=[{people[0]['person_id']},{people[1]['person_id']}]"
    yield "galleries", "/galleries"
    yield "gallery", f"/galleries/{gallery}"
    yield "guest", guest
    yield "jobs", "/jobs"
    yield "settings", "/settings"


def take(browser: Browser, url: str, places: Sequence[tuple[str, str]], into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    for window, options in _WINDOWS.items():
        context = browser.new_context(base_url=url, **options)
        page = context.new_page()
        for name, path in places:
            _settle(page, path)
            picture = Image.open(io.BytesIO(page.screenshot()))
            picture.save(into / f"{name}-{window}.webp", quality=82, method=6)
        context.close()


def _settle(page: Page, path: str) -> None:
    """Open a room and wait until all that is in view is drawn."""
    page.goto(path)
    page.wait_for_timeout(1500)
    page.wait_for_function("[...document.images].every((it) => it.complete || it.loading === 'lazy')")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, required=True, help="the folder of the pack mobile")
    parser.add_argument("--photos", type=Path, help="photos to show instead of drawn ones")
    parser.add_argument("--into", type=Path, default=INTO)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        album = draw_album(Path(folder) / "album", 60)
        pictures = options.photos or Path(folder) / "album"
        environment = {**os.environ, "KITH_DATA": str(Path(folder) / "data")}
        for arguments in (("packs", "install", str(options.models)), ("import", str(pictures))):
            subprocess.run([sys.executable, "-m", "kith.cli", *arguments], env=environment, check=True)
        with live_server({"KITH_DATA": environment["KITH_DATA"]}) as server:
            library = Library(server.url)
            if options.photos is None:
                name_people(library, album)
                for _ in range(_ROUNDS):
                    rest(library)
                    correct(library, album)
            gallery, guest = share_gallery(library, [it.path for it in album[:12]])
            rest(library)
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
            take(browser, server.url, list(rooms(library, gallery, guest)), options.into)
            browser.close()


if __name__ == "__main__":
    main()
