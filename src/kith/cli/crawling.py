"""`kith crawl`: the pictures of a site of one's own, into the library."""

import tempfile
from contextlib import aclosing
from dataclasses import asdict
from typing import Annotated

import typer

from kith.accounts.principal import DEFAULT_TENANT, Principal
from kith.cli.acting import acting_for
from kith.cli.command import Call, command
from kith.cli.library import new_library
from kith.cli.output import lines
from kith.crawl.gathering import Gathered, Gathering
from kith.crawl.plan import CrawlPlan
from kith.crawl.service import crawl as crawled
from kith.runtime import Runtime

_EXAMPLE = "kith crawl https://photos.example.org/ --allow example.org"


def register(app: typer.Typer) -> None:
    command(app, "crawl", examples=(_EXAMPLE, f"{_EXAMPLE} --pages 50 --delay 2 --tenant studio"))(crawl)


async def crawl(  # noqa: PLR0913  # each is an option of the command
    call: Call,
    site: Annotated[str, typer.Argument(metavar="SITE", help="The page to begin with.")],
    *,
    allow: Annotated[
        list[str],
        typer.Option("--allow", metavar="DOMAIN", help="A domain that may be asked, with all below it."),
    ],
    pages: Annotated[int, typer.Option("--pages", min=1, help="At most so many pages.")] = 1000,
    pictures: Annotated[int, typer.Option("--pictures", min=1, help="At most so many pictures.")] = 1000,
    depth: Annotated[int, typer.Option("--depth", min=1, help="At most so many links away.")] = 10,
    delay: Annotated[float, typer.Option("--delay", min=0, help="Seconds between requests, at least.")] = 1.0,
    near: Annotated[
        int,
        typer.Option("--near", min=0, max=32, help="Bits of 64 in which pictures differ that look alike."),
    ] = 4,
    tenant: Annotated[
        str, typer.Option("--tenant", metavar="SLUG", help="Whose library they come into.")
    ] = DEFAULT_TENANT,
) -> None:
    """Fetch the pictures of a site of your own.

    Or of one that you may crawl. Only the domains that are allowed are asked, and of those only what
    robots.txt permits, slowly. A picture that the library has, or that looks like another, is left out;
    the others are handed in as batches, on which `kith serve` or `kith worker` works. Ctrl-C keeps what
    was fetched.
    """
    async with new_library(call) as runtime:
        async with runtime.db.read() as session:
            who = await acting_for(call, session, tenant)
        with tempfile.TemporaryDirectory(prefix="kith-crawl-") as folder:
            plan = CrawlPlan(
                site, tuple(it.lower() for it in allow), folder, pages, pictures, depth, delay,
                runtime.settings.limits.upload_bytes, runtime.settings.fetch.allowed_private,
            )  # fmt: skip
            async with aclosing(crawled(plan)) as found:
                done = await _gathering(runtime, who, near).take(site, found, lambda it: _note(call, it))
    call.output.answer(asdict(done), lambda: lines(_said(done)))


def _gathering(runtime: Runtime, who: Principal, near: int) -> Gathering:
    return Gathering(
        runtime.db, runtime.blobs, runtime.clock, who, decoding=runtime.decoding, limits=runtime.limits,
        near_bits=near,
    )  # fmt: skip


def _note(call: Call, done: Gathered) -> None:
    if done.pictures and not done.pictures % 20:
        call.output.note(f"{done.pictures:,} pictures, {done.submitted:,} of them handed in")


def _said(done: Gathered) -> list[str]:
    ended = done.ended
    pictures = (
        f"{done.pictures:,} pictures: {done.submitted:,} handed in, {done.known:,} known already, "
        f"{done.alike:,} like another, {done.unreadable:,} that are none."
    )
    if ended is None:
        return [pictures, *(f"batch {it}" for it in done.batches)]
    answers = (
        f"{ended.pages:,} answers; {ended.forbidden:,} forbidden by robots.txt, {ended.failed:,} failed."
    )
    return [pictures, answers, *(f"batch {it}" for it in done.batches)]
