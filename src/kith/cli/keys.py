"""`kith keys`: who may ask over HTTP, and for what."""

from datetime import timedelta
from typing import Annotated

import typer

from kith.accounts.keys import Keys, NewKey, Shown, list_keys
from kith.accounts.principal import DEFAULT_TENANT, Scope
from kith.accounts.shapes import key_facts
from kith.accounts.tables import ApiKey
from kith.cli.acting import acting_for
from kith.cli.command import Call, add_group, command
from kith.cli.output import lines, plain, table
from kith.kit.clock import SystemClock
from kith.kit.pages import MAX_LIMIT, Page

keys = typer.Typer()

_TEXT = "The API keys: list, create, rotate, revoke."
TenantOption = Annotated[str, typer.Option("--tenant", metavar="SLUG", help="Whose keys.")]
KeyArgument = Annotated[int, typer.Argument(metavar="KEY", help="The id of a key, as `list` shows it.")]


def register(app: typer.Typer) -> None:
    add_group(app, keys, "keys", _TEXT, show_keys)


@command(keys, "list", examples=("kith keys", "kith keys list --tenant studio --json"))
async def show_keys(call: Call, tenant: TenantOption = DEFAULT_TENANT) -> None:
    """List the keys of a tenant; never their secrets."""
    found: list[ApiKey] = []
    async with call.database() as db, db.read() as session:
        who = await acting_for(call, session, tenant)
        while page := await list_keys(session, who, Page(len(found), MAX_LIMIT)):
            found += page
    facts = [key_facts(key, SystemClock().now()) for key in found]
    columns = ["id", "name", "prefix", "scopes", "state", "last used"]
    rows = [
        (it["key_id"], it["name"], it["prefix"], ", ".join(it["scopes"]), it["state"], it["last_used_at"])
        for it in facts
    ]
    call.output.answer(facts, lambda: table(columns, rows) if rows else plain("There are no keys."))


@command(keys, "create", examples=("kith keys create laptop --scope read --scope search",))
async def create(
    call: Call,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for, at most 200 characters.")],
    *,
    scopes: Annotated[
        list[Scope] | None, typer.Option("--scope", help="What it may do; `read` if none.")
    ] = None,
    tenant: TenantOption = DEFAULT_TENANT,
    days: Annotated[
        int | None, typer.Option("--expires-in-days", min=1, max=36_500, help="Valid for so long.")
    ] = None,
    rate: Annotated[
        int | None, typer.Option("--rate", min=1, help="Requests per minute it may send, of each class.")
    ] = None,
) -> None:
    """Make a key and print it, this once. From then on every request needs a key."""
    clock = SystemClock()
    until = clock.now() + timedelta(days=days) if days is not None else None
    new = NewKey(name, scopes or [Scope.READ], until, rate)
    async with call.database(make=True) as db, db.write() as session:
        shown = await Keys(session, await acting_for(call, session, tenant), clock).create(new)
    _answer(call, shown)


@command(keys, "rotate", examples=("kith keys rotate 3", "kith keys rotate 3 --grace-seconds 3600"))
async def rotate(
    call: Call,
    key: KeyArgument,
    tenant: TenantOption = DEFAULT_TENANT,
    grace: Annotated[
        int,
        typer.Option("--grace-seconds", min=0, max=31_622_400, help="The old secret stays valid so long."),
    ] = 0,
) -> None:
    """Give a key a new secret and print it, this once."""
    async with call.database() as db, db.write() as session:
        it = Keys(session, await acting_for(call, session, tenant), SystemClock())
        shown = await it.rotate(key, timedelta(seconds=grace))
    _answer(call, shown)


@command(keys, "revoke", examples=("kith keys revoke 3",))
async def revoke(call: Call, key: KeyArgument, tenant: TenantOption = DEFAULT_TENANT) -> None:
    """End a key at once."""
    clock = SystemClock()
    async with call.database() as db, db.write() as session:
        revoked = await Keys(session, await acting_for(call, session, tenant), clock).revoke(key)
    call.output.answer(key_facts(revoked, clock.now()), lambda: plain(f"Key {key} is revoked."))


def _answer(call: Call, shown: Shown) -> None:
    facts = {**key_facts(shown.key, SystemClock().now()), "secret": shown.secret}
    call.output.note(f"Key {shown.key.id}. It is shown this once:")
    call.output.answer(facts, lambda: lines([shown.secret]))
