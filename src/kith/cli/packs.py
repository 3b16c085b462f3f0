"""`kith packs`: the networks that find faces and tell them apart."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, TypedDict

import typer
from rich.console import RenderableType
from rich.table import Column

from kith.cli.command import Call, add_group, command
from kith.cli.errors import ERROR, OK
from kith.cli.library import library, new_library
from kith.cli.output import lines, plain, table
from kith.cli.progress import drain
from kith.engine.packs import InstalledPack, PackStore, Verification
from kith.engine.packs.manifest import Manifest

packs = typer.Typer()

_TEXT = "The networks that find and tell faces: list, install, use."

PackArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The id of a pack, as `kith packs` shows it.")
]


class PackJson(TypedDict):
    """`in_use`: it analyses this library's photos, or would analyse the first."""

    id: str
    version: str
    title: str
    license: str
    license_url: str
    needs_acceptance: bool
    dimension: int
    installed: bool
    in_use: bool
    size_bytes: int


class FileCheckJson(TypedDict):
    name: str
    expected: str
    actual: str | None
    intact: bool


class VerificationJson(TypedDict):
    id: str
    intact: bool
    files: list[FileCheckJson]


def register(app: typer.Typer) -> None:
    add_group(app, packs, "packs", _TEXT, list_packs)


@command(packs, "list", examples=("kith packs", "kith packs list --json"))
async def list_packs(call: Call) -> None:
    """List the packs that are installed, and those Kith knows by name."""
    store = PackStore(call.settings.packs_folder)
    installed = {pack.id: pack for pack in await asyncio.to_thread(store.installed)}
    in_use = await pack_in_use(call, store)
    known = await asyncio.to_thread(store.catalogue)
    manifests = {pack.id: pack.manifest for pack in known}
    manifests |= {pack.id: pack.manifest for pack in installed.values()}
    shown = [_json(it, installed.get(it.id), in_use) for it in manifests.values()]
    call.output.answer(shown, lambda: _table(shown))


@command(
    packs, "install",
    examples=(
        "kith packs install ~/Downloads/networks",
        "kith packs install opencv",
        "kith packs install buffalo_l --accept-license",
        "kith packs install https://example.org/pack.zip --sha256 8f2383e4…",
    ),
)  # fmt: skip
async def install(
    call: Call,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A folder, a zip file, an http(s) address, or a known pack's id."
        ),
    ],
    sha256: Annotated[
        list[str] | None,
        typer.Option(
            "--sha256",
            metavar="[FILE=]DIGEST",
            help="The digest of the zip file, or of a file of the pack; may be given several times.",
        ),
    ] = None,
    *,
    accept_license: Annotated[
        bool, typer.Option("--accept-license", help="You have read the licence and accept it.")
    ] = False,
) -> None:
    """Install every pack that a source offers; what comes from the network must match a known SHA-256."""
    digests = _digests(sha256 or [])
    store = PackStore(call.settings.packs_folder)
    done = await asyncio.to_thread(
        store.install, source, sha256=digests, accept_license=accept_license, progress=call.output.note
    )
    in_use = await pack_in_use(call, store)
    shown = [_json(pack.manifest, pack, in_use) for pack in done]
    call.output.answer(shown, lambda: _installed(done, in_use))


@command(packs, "use", examples=("kith packs use mobile", "kith packs use mobile --later"))
async def use(
    call: Call,
    pack_id: PackArgument,
    *,
    later: Annotated[
        bool, typer.Option("--later", help="Leave the analysis to `kith serve` or `kith worker`.")
    ] = False,
) -> None:
    """Make a pack the library's own, and analyse what it has not seen. Names and decisions stay."""
    async with new_library(call) as runtime:
        photos = await runtime.use_pack(pack_id)
        if photos and not later:
            await drain(runtime, call.who, call.output.remarks)
    fate = "queued" if later else "analysed"
    call.output.answer(
        {"id": pack_id, "photos": photos, "queued": later and photos > 0},
        lambda: plain(f"{pack_id} is in use; {photos} photos {fate}."),
    )


@command(packs, "verify", examples=("kith packs verify", "kith packs verify mobile --json"))
async def verify(
    call: Call,
    pack_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID…]", help="Ids of packs; else all that are installed.")
    ] = None,
) -> int:
    """Compare the files of packs with the digests they were installed with; exits with 1 if one differs."""
    store = PackStore(call.settings.packs_folder)
    ids = pack_ids or [pack.id for pack in store.installed() if pack.size_bytes]
    checked = [await asyncio.to_thread(store.verify, pack_id) for pack_id in ids]
    call.output.answer([_verification_json(one) for one in checked], lambda: _checks(checked))
    return OK if all(one.is_intact for one in checked) else ERROR


@command(packs, "remove", examples=("kith packs remove buffalo_l",))
async def remove(call: Call, pack_id: PackArgument) -> None:
    """Delete a pack from disk; not the one in use."""
    store = PackStore(call.settings.packs_folder)
    await asyncio.to_thread(store.remove, pack_id, active=await pack_in_use(call, store))
    call.output.answer({"id": pack_id}, lambda: plain(f"{pack_id} is removed."))


def _digests(said: Sequence[str]) -> dict[str, str] | str | None:
    """`--sha256` as the store takes it: one digest, or digests by file name."""
    named = dict(one.split("=", 1) for one in said if "=" in one)
    if named and len(named) < len(said):
        raise typer.BadParameter("either one --sha256 DIGEST, or --sha256 FILE=DIGEST for each file")
    if len(said) > 1 and not named:
        raise typer.BadParameter("only one --sha256 can be without a file name")
    return named or (said[0] if said else None)


async def pack_in_use(call: Call, store: PackStore) -> str:
    """The pack that the library uses, or that a new one would."""
    if call.has_library:
        async with library(call) as runtime:
            return await runtime.pack()
    return call.settings.engine.pack or await asyncio.to_thread(store.default)


def _json(manifest: Manifest, installed: InstalledPack | None, in_use: str) -> PackJson:
    return {
        "id": manifest.id,
        "version": manifest.version,
        "title": manifest.title,
        "license": manifest.license,
        "license_url": manifest.license_url,
        "needs_acceptance": manifest.requires_acceptance,
        "dimension": manifest.dimension,
        "installed": installed is not None,
        "in_use": manifest.id == in_use,
        "size_bytes": installed.size_bytes if installed is not None else 0,
    }


def _verification_json(checked: Verification) -> VerificationJson:
    return {
        "id": checked.pack_id,
        "intact": checked.is_intact,
        "files": [
            {"name": file.name, "expected": file.expected, "actual": file.actual, "intact": file.is_intact}
            for file in checked.files
        ],
    }


def _table(shown: Sequence[PackJson]) -> RenderableType:
    columns = ["pack", "", Column("MB", justify="right"), "licence", "title"]
    rows = [
        (
            pack["id"], "in use" if pack["in_use"] else "installed" if pack["installed"] else "",
            f"{pack['size_bytes'] / 1e6:.1f}" if pack["size_bytes"] else "", pack["license"], pack["title"],
        )
        for pack in shown
    ]  # fmt: skip
    return table(columns, rows)


def _installed(done: Sequence[InstalledPack], in_use: str) -> RenderableType:
    text = [
        f"Installed {pack.id}: {pack.manifest.title}. Licence: {pack.manifest.license} "
        f"({pack.manifest.license_url})"
        for pack in done
    ]
    unused = [pack.id for pack in done if pack.id != in_use]
    text += [f"The library uses {in_use}; `kith packs use {unused[0]}` changes that."] if unused else []
    return lines(text)


def _checks(checked: Sequence[Verification]) -> RenderableType:
    if not checked:
        return "No pack has files of its own yet; the built-in one is made when first used."
    rows = [
        (one.pack_id, file.name, "intact" if file.is_intact else "CHANGED" if file.actual else "MISSING")
        for one in checked
        for file in one.files
    ]
    return table(["pack", "file", ""], rows)
