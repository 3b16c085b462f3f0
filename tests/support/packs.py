"""Tiny packs, complete and runnable, made here."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from kith.engine.packs import PackStore
from tests.support.networks import tiny_embedder, tiny_scrfd

DETECTOR, EMBEDDER = "tiny_scrfd.onnx", "tiny_embedder.onnx"
NETWORKS: Mapping[str, bytes] = {DETECTOR: tiny_scrfd(), EMBEDDER: tiny_embedder()}


def sha256(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


def pack_toml(
    pack_id: str = "tiny",
    *,
    version: str = "1",
    pinned: bool = True,
    requires_acceptance: bool = False,
    addresses: Mapping[str, str] | None = None,
    archive: str | None = None,
) -> str:
    """The manifest of a pack of the two tiny networks."""

    def lines_of(name: str) -> str:
        lines = [f'file = "{name}"']
        if pinned:
            lines.append(f'sha256 = "{sha256(NETWORKS[name])}"')
        if addresses and name in addresses:
            lines.append(f'url = "{addresses[name]}"')
        return "\n".join(lines)

    return f"""
id = "{pack_id}"
version = "{version}"
title = "Tiny networks"
license = "CC0-1.0"
license_url = "https://creativecommons.org/publicdomain/zero/1.0/"
requires_acceptance = {str(requires_acceptance).lower()}
{f'archive = "{archive}"' if archive else ""}

[detector]
kind = "scrfd"
{lines_of(DETECTOR)}

[embedder]
kind = "arcface"
dimension = 6
preprocessing = "arcface"
{lines_of(EMBEDDER)}

[calibration]
cosines = [0.1, 0.2, 0.3, 0.4, 0.5]
provenance = "made up"
"""


def write_pack(folder: Path, manifest: str | None = None) -> Path:
    """A folder with the tiny networks and, unless it is empty, a manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, contents in NETWORKS.items():
        (folder / name).write_bytes(contents)
    if manifest != "":
        (folder / "pack.toml").write_text(manifest or pack_toml())
    return folder


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in files.items():
            archive.writestr(name, contents)
    return buffer.getvalue()


def ids(store: PackStore) -> list[str]:
    return [pack.id for pack in store.installed()]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, locks aside."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
