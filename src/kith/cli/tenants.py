"""`kith tenants`: who else keeps photos here."""

from pathlib import Path
from typing import Annotated

import typer

from kith.accounts.shapes import tenant_facts
from kith.accounts.tables import Tenant
from kith.cli.command import Call, add_group, command
from kith.cli.errors import NotConfirmed
from kith.cli.library import library
from kith.cli.output import plain, table
from kith.kit.clock import SystemClock
from kith.kit.pages import MAX_LIMIT, Page
from kith.tenants.exporting import export_tenant
from kith.tenants.service import QuotaChange, Quotas, Tenants, list_tenants

tenants = typer.Typer()

_QUOTA = "At most so many, or `none` for no bound."
_MAX_DIGITS = 18  # what a database counts to
_TEXT = "The tenants: list, create, limit, suspend, activate, export, erase."
SlugArgument = Annotated[str, typer.Argument(metavar="SLUG", help="The tenant, by its slug.")]


def register(app: typer.Typer) -> None:
    add_group(app, tenants, "tenants", _TEXT, show_tenants)


@command(tenants, "list", examples=("kith tenants", "kith tenants list --json"))
async def show_tenants(call: Call) -> None:
    """List the tenants."""
    found: list[Tenant] = []
    async with call.database() as db, db.read() as session:
        while page := await list_tenants(session, call.who, Page(len(found), MAX_LIMIT)):
            found += page
    rows = [
        (it.slug, "suspended" if it.suspended_at else "", it.max_photos, it.max_faces, it.max_bytes)
        for it in found
    ]
    columns = ["slug", "", "photos", "faces", "bytes"]
    call.output.answer([tenant_facts(it) for it in found], lambda: table(columns, rows))


@command(tenants, "create", examples=("kith tenants create studio --max-photos 10000",))
async def create(
    call: Call,
    slug: SlugArgument,
    *,
    photos: Annotated[int | None, typer.Option("--max-photos", min=0, help="At most so many.")] = None,
    faces: Annotated[int | None, typer.Option("--max-faces", min=0, help="At most so many.")] = None,
    stored_bytes: Annotated[int | None, typer.Option("--max-bytes", min=0, help="At most so many.")] = None,
) -> None:
    """Make a tenant with an empty library."""
    async with call.database(make=True) as db, db.write() as session:
        quotas = Quotas(photos, faces, stored_bytes)
        tenant = await Tenants(session, call.who, SystemClock()).create(slug, quotas)
    _answer(call, tenant)


@command(tenants, "limit", examples=("kith tenants limit studio --max-photos 20000 --max-bytes none",))
async def limit(
    call: Call,
    slug: SlugArgument,
    *,
    photos: Annotated[str | None, typer.Option("--max-photos", help=_QUOTA)] = None,
    faces: Annotated[str | None, typer.Option("--max-faces", help=_QUOTA)] = None,
    stored_bytes: Annotated[str | None, typer.Option("--max-bytes", help=_QUOTA)] = None,
) -> None:
    """Give a tenant other quotas; what it has beyond them stays."""
    said = {"max_photos": photos, "max_faces": faces, "max_bytes": stored_bytes}
    change = QuotaChange(**{name: _quota(name, it) for name, it in said.items() if it is not None})
    async with call.database() as db, db.write() as session:
        tenant = await Tenants(session, call.who, SystemClock()).limit(slug, change)
    _answer(call, tenant)


def _quota(name: str, said: str) -> int | None:
    if said == "none":
        return None
    if not said.isdecimal() or not said.isascii() or len(said) > _MAX_DIGITS:
        raise typer.BadParameter(
            f"{said} is no number and not `none`", param_hint=f"--{name.replace('_', '-')}"
        )
    return int(said)


@command(tenants, "suspend", examples=("kith tenants suspend studio",))
async def suspend(call: Call, slug: SlugArgument) -> None:
    """Refuse all keys of a tenant until it is activated; its data stays."""
    async with call.database() as db, db.write() as session:
        tenant = await Tenants(session, call.who, SystemClock()).suspend(slug)
    _answer(call, tenant)


@command(tenants, "activate", examples=("kith tenants activate studio",))
async def activate(call: Call, slug: SlugArgument) -> None:
    """End a suspension."""
    async with call.database() as db, db.write() as session:
        tenant = await Tenants(session, call.who, SystemClock()).activate(slug)
    _answer(call, tenant)


@command(tenants, "export", examples=("kith tenants export studio --to /srv/studio",))
async def export(
    call: Call,
    slug: SlugArgument,
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="A new or empty folder.")],
) -> None:
    """Write all a tenant has into a folder: JSON lines and the originals; no secrets of keys."""
    async with library(call) as runtime:
        counts = await export_tenant(
            runtime.db,
            runtime.blobs,
            runtime.sources,
            call.who,
            slug,
            to,
            max_bytes=runtime.limits.max_bytes,
            progress=call.output.note,
        )
    call.output.answer({"slug": slug, **counts}, lambda: plain(f"{slug} is in {to}."))


@command(tenants, "erase", examples=("kith tenants erase studio --yes",))
async def erase(
    call: Call,
    slug: SlugArgument,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="That it is meant: this cannot be undone.")] = False,
) -> None:
    """Erase a tenant for good, with all photos, people and keys; of `default` only the content."""
    if not yes:
        raise NotConfirmed(f"erasing {slug} cannot be undone: say --yes")
    async with library(call) as runtime:
        count = await runtime.erase_tenant(call.who, slug)
    call.output.answer({"slug": slug, "originals_deleted": count}, lambda: plain(f"{slug} is erased."))


def _answer(call: Call, tenant: Tenant) -> None:
    facts = tenant_facts(tenant)
    state = "suspended" if facts["suspended"] else "active"
    call.output.answer(facts, lambda: plain(f"{tenant.slug} is {state}."))
