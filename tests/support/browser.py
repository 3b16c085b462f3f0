"""A real browser before a real server: Debian's Chromium, and Kith in a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kith.surfaces.frontend import BUILT
from tests.support.client import live_server
from tests.support.shared import ROOT

# A page that never answers fails its test long before the suite's own limit.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
]  # fmt: skip


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Skips where there is no Chromium, or the pages are not built.

    Only for fixtures of a module without asynchronous tests: Playwright's loop runs in the same thread.
    """
    executable = chromium_path()
    if executable is None:
        pytest.skip("needs Chromium")
    if not (BUILT / "index.html").exists():
        pytest.skip("needs the pages, which `make web` builds")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, base_url: str, **options: Any) -> Iterator[Page]:
    """A page of a fresh profile; fails the test for whatever the page itself calls an error."""
    context = browser.new_context(
        base_url=base_url, **{"viewport": {"width": 1280, "height": 800}, **options}
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert not errors


def serious_findings(page: Page) -> list[str]:
    """What axe finds on a page that keeps somebody from using it (WCAG 2.2 A and AA).

    Boxes of faces that stand close together may be small: each is a row of the list too, which WCAG 2.2
    names as the exception "equivalent" of 2.5.8, target size, and axe cannot know.
    """
    axe = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{it['id']}: {node['html'][:200]} {node['failureSummary']}"
        for it in found["violations"]
        if it["impact"] in {"serious", "critical"}
        for node in it["nodes"]
        if not (it["id"] == "target-size" and 'data-place="photo"' in node["html"])
    ]


@dataclass(frozen=True, slots=True)
class Server:
    """A server of its own, with its data folder."""

    address: str
    data: Path
    environment: Mapping[str, str]

    def kith(self, *arguments: str) -> str:
        """Run a command on the same data; what it printed."""
        command = [sys.executable, "-m", "kith.cli", *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=240
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def analysed(self) -> None:
        """Wait until every photo that is there has been looked at."""
        with httpx.stream("GET", f"{self.address}/api/kith/events", timeout=60) as events:
            for line in events.iter_lines():
                if line.startswith("data:") and json.loads(line[5:])["photos"]["pending"] == 0:
                    return


@contextmanager
def serving(data: Path, packs: Path | None = None, **settings: str) -> Iterator[Server]:
    """A server of its own until the end; `settings` are names after `KITH_`, in capitals."""
    data.mkdir(parents=True, exist_ok=True)
    if packs is not None and not (data / "packs").exists():
        (data / "packs").symlink_to(packs, target_is_directory=True)
    own = {"KITH_DATA": str(data), **{f"KITH_{name}": value for name, value in settings.items()}}
    with live_server(own) as server:
        yield Server(server.url, data, {**os.environ, **own})
        server.stop()
