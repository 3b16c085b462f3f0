"""What Kith says of itself: its parts, whether they work, and how it is set up."""

import asyncio
import platform
import shutil
from collections.abc import Awaitable, Callable, Sequence
from typing import cast

from pydantic import BaseModel, SecretStr

from kith import __version__
from kith.errors import AppError
from kith.kit.plain import without_password
from kith.migrations import is_current
from kith.runtime import Runtime
from kith.surfaces.native import wire_about as wire

_LOW_BYTES = 1_000_000_000
_FULL_BYTES = 100_000_000
# What may hold a password or a key within an address.
_ADDRESSES = frozenset({"KITH_DATABASE__URL", "KITH_REDIS__URL", "KITH_BLOBS__URL", "KITH_SOURCES__URL"})


async def describe_kith(kith: Runtime, *, with_settings: bool) -> wire.AboutOut:
    """`with_settings` is for who runs it; of anybody else's they are no business."""
    checks = (("database", _database), ("storage", _storage), ("engine", _engine), ("disk", _disk))
    parts = [await _part(name, kith, check) for name, check in checks]
    installed = await asyncio.to_thread(kith.packs.installed)
    blobs = kith.settings.blobs.url
    return wire.AboutOut(
        version=__version__, python=platform.python_version(),
        database="sqlite" if kith.db.is_sqlite else "postgresql",
        blob_store="folder" if blobs is None else blobs.partition("://")[0],
        pack=await _pack(kith), is_engine_remote=kith.settings.engine.url is not None,
        packs=[pack.id for pack in installed], parts=parts,
        settings=settings_in_effect(kith.settings) if with_settings else [],
    )  # fmt: skip


def settings_in_effect(group: BaseModel, prefix: str = "KITH_") -> list[wire.SettingOut]:
    """Every setting with its value, but for secrets."""
    found: list[wire.SettingOut] = []
    for name, field in type(group).model_fields.items():
        value, variable = cast("object", getattr(group, name)), f"{prefix}{name}".upper()
        if isinstance(value, BaseModel):
            found += settings_in_effect(value, f"{variable}__")
            continue
        is_secret = isinstance(value, SecretStr) or "SecretStr" in str(field.annotation)
        found.append(
            wire.SettingOut(
                name=variable, value=None if is_secret else _text(variable, value), is_set=value is not None,
                is_secret=is_secret, meaning=field.description or "",
            )
        )  # fmt: skip
    return found


def _text(variable: str, value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        return ", ".join(str(it) for it in cast("Sequence[object]", value))
    return without_password(str(value)) if "://" in str(value) or variable in _ADDRESSES else str(value)


async def _pack(kith: Runtime) -> str | None:
    try:
        return await kith.pack()
    except AppError:
        return None


async def _part(name: str, kith: Runtime, check: Callable[[Runtime], Awaitable[str]]) -> wire.PartOut:
    try:
        detail = await check(kith)
    except AppError as error:
        return wire.PartOut(name=name, state="fail", code=error.code, detail=error.detail)
    return wire.PartOut(name=name, state="warn" if detail else "ok", code=None, detail=detail)


async def _database(kith: Runtime) -> str:
    return "" if await is_current(kith.db) else "the schema is another than this version's"


async def _storage(kith: Runtime) -> str:
    await kith.blobs.exists("originals/00/00/none")
    return ""


async def _engine(kith: Runtime) -> str:
    await kith.recognition()
    await kith.engines.check()
    return ""


async def _disk(kith: Runtime) -> str:
    usage = await asyncio.to_thread(shutil.disk_usage, kith.settings.data)
    if usage.free < _FULL_BYTES:
        return "the disk of the data folder is full"
    return "the disk of the data folder is nearly full" if usage.free < _LOW_BYTES else ""
