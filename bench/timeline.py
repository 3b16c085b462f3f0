"""The timeline of 100,000 photos: what its lists take, and whether scrolling in a browser outruns it.

    make web
    PYTHONPATH=. .venv/bin/python bench/timeline.py --shared ../shared

The library is made from a seed (bench/library.py); its pictures are drawn: 64 of them, each behind many
photos. Chromium scrolls in three ways: as fast as a wheel goes, by whole windows, and by jumps to places
drawn at random. `blank ms` is the longest time in which some part of the window showed the place of photos
that were not read yet; `late ms` the same for pictures that were not yet drawn.
"""

import asyncio
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench.library import make_library
from bench.report import Row, parser_for, show
from kith.engine.packs import PackStore
from kith.kit.db import Database
from kith.kit.db.database import sqlite_url
from kith.migrations import upgrade
from kith.photos.derived import thumbnail_name
from kith.photos.tables import Photo
from kith.settings import Settings
from tests.support.browser import FLAGS, chromium_path
from tests.support.client import LiveServer, live_server

PICTURES = 64
P50_MS, BLANK_MS = 20.0, 200.0

# Looks at every frame: is there a place without photos, or a photo without its picture, inside the window?
_WATCH = """
() => {
  const longest = { blank: 0, late: 0 };
  const since = { blank: null, late: null };
  const inside = (it) => {
    const box = it.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  };
  const note = (name, is, now) => {
    if (!is) since[name] = null;
    else {
      since[name] ??= now;
      longest[name] = Math.max(longest[name], now - since[name]);
    }
  };
  const look = (now) => {
    note("blank", [...document.querySelectorAll("[class*=blank]")].some(inside), now);
    const pictures = [...document.querySelectorAll("[data-photo] img")];
    note("late", pictures.some((it) => inside(it) && !it.complete), now);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.watched = { longest, reset: () => Object.assign(longest, { blank: 0, late: 0 }) };
}
"""


async def fill(settings: Settings, photos: int) -> None:
    db = Database(sqlite_url(settings.data / "kith.db"))
    await upgrade(db)
    await make_library(db, PackStore(settings.packs_folder).open("mobile").space, photos)
    async with db.read() as session:
        digests = list(await session.scalars(Photo.__table__.select().with_only_columns(Photo.sha256)))
    await db.close()
    draw(settings.data, digests)


def draw(data: Path, digests: list[str]) -> None:
    """One of a few pictures behind each photo; links to the same bytes, for they are not what is measured."""
    rng = np.random.default_rng(0)
    folder = data / "drawn"
    folder.mkdir()
    for number in range(PICTURES):
        small = rng.integers(0, 255, (6, 8, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(small).resize((320, 240), Image.Resampling.BICUBIC).save(file, "WEBP", quality=80)
        (folder / f"{number}.webp").write_bytes(file.getvalue())
    blobs = data / "blobs"
    for number, digest in enumerate(digests):
        place = blobs / thumbnail_name(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.link(folder / f"{number % PICTURES}.webp", place)


def lists(server: LiveServer, requests: int) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    with httpx.Client(base_url=server.url, timeout=60) as client:
        months = [it["month"] for it in client.get("/api/kith/timeline").json()["buckets"]]
        asked: dict[str, Callable[[], str]] = {
            "timeline": lambda: "/timeline",
            "photos of a month": lambda: f"/photos?limit=1000&month={rng.choice(months)}",
            "photos, first page": lambda: "/photos",
            "photo": lambda: f"/photos/{rng.integers(1, 1000)}",
            "people": lambda: "/people",
        }
        for name, path in asked.items():
            times, sizes = [], []
            client.get(f"/api/kith{path()}").raise_for_status()
            for _ in range(requests):
                at = path()
                start = time.perf_counter()
                answer = client.get(f"/api/kith{at}").raise_for_status()
                times.append((time.perf_counter() - start) * 1e3)
                sizes.append(len(answer.content))
            p50, p99 = np.quantile(times, (0.5, 0.99))
            yield {
                "list": name, "within target": bool(p50 <= P50_MS), "p50 ms": round(float(p50), 1),
                "p99 ms": round(float(p99), 1), "kB": round(float(np.mean(sizes)) / 1e3, 1),
            }  # fmt: skip


def scrolls(server: LiveServer) -> Iterator[Row]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_page(base_url=server.url, viewport={"width": 1280, "height": 800})
        page.goto("/")
        page.locator("a[data-photo]").first.wait_for()
        page.evaluate(_WATCH)
        ways: dict[str, Callable[[Page], None]] = {"wheel": _wheel, "windows": _windows, "jumps": _jumps}
        for name, scroll in ways.items():
            page.evaluate("scrollTo(0, 0)")
            page.wait_for_timeout(1000)
            page.evaluate("watched.reset()")
            scroll(page)
            page.wait_for_timeout(1000)
            longest = page.evaluate("watched.longest")
            yield {
                "scrolling": name, "within target": longest["blank"] <= BLANK_MS,
                "blank ms": round(longest["blank"]), "late ms": round(longest["late"]),
                "page px": page.evaluate("document.documentElement.scrollHeight"),
            }  # fmt: skip
        browser.close()


def _wheel(page: Page) -> None:
    page.mouse.move(600, 400)
    for _ in range(150):
        page.mouse.wheel(0, 240)
        page.wait_for_timeout(16)


def _windows(page: Page) -> None:
    for _ in range(40):
        page.keyboard.press("PageDown")
        page.wait_for_timeout(150)


def _jumps(page: Page) -> None:
    for share in np.random.default_rng(1).uniform(0, 1, 20):
        page.evaluate("(share) => scrollTo(0, share * document.documentElement.scrollHeight)", float(share))
        page.wait_for_timeout(700)


def main() -> None:
    parser = parser_for(__doc__)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data")
        settings.data.mkdir()
        PackStore(settings.packs_folder).install(str(options.shared / "models"))
        asyncio.run(fill(settings, options.photos))
        with live_server({"KITH_DATA": str(settings.data)}) as server:
            tables = {"Lists": list(lists(server, options.requests)), "Scrolling": list(scrolls(server))}
    show(tables, as_json=options.json)


if __name__ == "__main__":
    main()
