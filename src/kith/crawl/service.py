"""Running a crawl: the crawler in a process of its own, its pictures one by one."""

import asyncio
import importlib.util
import json
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from kith.crawl.errors import CrawlerFailed, CrawlerMissing
from kith.crawl.plan import CrawlPlan

_GRACE_SECONDS = 10
_SAID = 2000  # of what the crawler complained about


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the site: where it is, the page that shows it, its bytes."""

    url: str
    page: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """How a crawl ended: requests that were answered, forbidden by robots.txt, and failed."""

    pages: int
    forbidden: int
    failed: int


async def crawl(plan: CrawlPlan) -> AsyncGenerator[Picture | Ended]:
    """The pictures of a site as they come, and in the end how it went.

    Raises SiteInvalid, CrawlerMissing without the extra `crawl`, and CrawlerFailed when the crawler dies.
    Whoever stops listening ends it.
    """
    plan.check()
    if importlib.util.find_spec("scrapy") is None:
        raise CrawlerMissing("`pip install 'kith-photos[crawl]'` brings Scrapy, which does the crawling")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kith.crawl.spider", stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    orders, told_lines = cast("StreamWriter", process.stdin), cast("StreamReader", process.stdout)
    complaints = asyncio.create_task(_complaints(process))
    try:
        orders.write(plan.to_json().encode() + b"\n")
        orders.close()
        reason = ""
        async for line in told_lines:
            told = json.loads(line)
            if "path" in told:
                yield await asyncio.to_thread(_picture, told)
            else:
                reason = told["reason"]
                yield _ended(told)
        if await process.wait() or reason != "finished":
            said = reason or (await complaints)[-_SAID:].strip()
            raise CrawlerFailed(f"it ended with {process.returncode}: {said}")
    finally:
        await _end(process)
        await complaints


async def _complaints(process: asyncio.subprocess.Process) -> str:
    """All of stderr, read as it comes: a pipe that is full would stop the crawler."""
    said = ""
    async for line in cast("StreamReader", process.stderr):
        said = (said + line.decode(errors="replace"))[-2 * _SAID :]
    return said


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_GRACE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _picture(told: dict[str, Any]) -> Picture:
    path = Path(told["path"])
    data = path.read_bytes()
    path.unlink()
    return Picture(told["url"], told["page"], data)


def _ended(told: dict[str, Any]) -> Ended:
    return Ended(told["pages"], told["forbidden"], told["failed"])
