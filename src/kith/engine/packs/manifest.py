"""`pack.toml`: what a pack says about itself.

id = "mobile"                      # lower case letters, digits, - and _
version = "1"
title = "YuNet and MobileFaceNet"
license = "MIT AND Apache-2.0"     # SPDX, or the licence in a sentence
license_url = "https://…"
requires_acceptance = false        # true: installing needs the licence to be accepted
archive = "https://…/pack.zip"     # optional: a zip file that holds the networks

[detector]
kind = "yunet"                     # or "scrfd"
file = "face_detection.onnx"
sha256 = "…"                       # optional in a folder, needed from the network
url = "https://…"                  # optional

[embedder]
kind = "arcface"
file = "mobilefacenet.onnx"
sha256 = "…"
dimension = 128
preprocessing = "mobilefacenet"    # one of kith.engine.arcface.PREPROCESSING

[calibration]
cosines = [0.2, 0.3, 0.4, 0.5, 0.6]  # at false-accept rates 1e-2 … 1e-6
provenance = "how they were found, in a sentence"
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import cast

from kith.engine.arcface import PREPROCESSING
from kith.engine.calibration import FALSE_ACCEPT_RATES, Calibration
from kith.engine.packs.errors import PackInvalid

FILE_NAME = "pack.toml"
MAX_BYTES = 100_000
MAX_DIMENSION = 4096

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.onnx")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DETECTORS = ("yunet", "scrfd", "dlib")
_EMBEDDERS = ("arcface", "dlib")

Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """One network of a pack: its file's name, and its SHA-256 and address where they are known."""

    name: str
    sha256: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A pack as its `pack.toml` describes it. `detector` and `embedder` are None in the dlib pack,
    whose networks come with a Python package and are converted, not installed. `text` is the whole
    `pack.toml`."""

    id: str
    version: str
    title: str
    license: str
    license_url: str
    requires_acceptance: bool
    archive: str | None
    detector_kind: str
    detector: NetworkFile | None
    embedder_kind: str
    embedder: NetworkFile | None
    dimension: int
    preprocessing: str
    calibration: Calibration
    text: str = field(repr=False)

    @property
    def files(self) -> tuple[NetworkFile, ...]:
        return tuple(file for file in (self.detector, self.embedder) if file is not None)


def is_network_name(name: str) -> bool:
    """Whether a pack may hold a network under this file name: plain, and ending in .onnx."""
    return _FILE.fullmatch(name) is not None


def parse(text: str) -> Manifest:
    """Read the text of a `pack.toml`; raises PackInvalid, saying what is wrong with it."""
    try:
        root: Table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackInvalid(f"{FILE_NAME} is not TOML: {error}") from error
    detector, embedder = _table(root, "detector"), _table(root, "embedder")
    detector_kind = _choice(detector, "kind", _DETECTORS)
    embedder_kind = _choice(embedder, "kind", _EMBEDDERS)
    is_built_in = detector_kind == embedder_kind == "dlib"
    if not is_built_in and "dlib" in (detector_kind, embedder_kind):
        raise PackInvalid("networks of dlib cannot be combined with others")
    if not is_built_in and _text(detector, "file") == _text(embedder, "file"):
        raise PackInvalid("detector and embedder must be two files")
    return Manifest(
        id=_matching(root, "id", _ID),
        version=_text(root, "version"),
        title=_text(root, "title"),
        license=_text(root, "license"),
        license_url=_text(root, "license_url"),
        requires_acceptance=_flag(root, "requires_acceptance"),
        archive=_address(root, "archive"),
        detector_kind=detector_kind,
        detector=None if is_built_in else _file(detector),
        embedder_kind=embedder_kind,
        embedder=None if is_built_in else _file(embedder),
        dimension=_dimension(embedder),
        preprocessing=_text(embedder, "preprocessing")
        if is_built_in
        else _choice(embedder, "preprocessing", PREPROCESSING),
        calibration=_calibration(_table(root, "calibration")),
        text=text,
    )


def _file(table: Table) -> NetworkFile:
    sha256 = _matching(table, "sha256", _SHA256) if "sha256" in table else None
    return NetworkFile(_matching(table, "file", _FILE), sha256, _address(table, "url"))


def _calibration(table: Table) -> Calibration:
    values = table.get("cosines")
    cosines = cast("list[object]", values) if isinstance(values, list) else []
    numbers = [cosine for cosine in cosines if isinstance(cosine, float)]
    if len(numbers) != len(cosines) or len(numbers) != len(FALSE_ACCEPT_RATES):
        raise PackInvalid(f"cosines must be {len(FALSE_ACCEPT_RATES)} numbers with a decimal point")
    loosest, loose, middle, strict, strictest = numbers
    try:
        return Calibration((loosest, loose, middle, strict, strictest), _text(table, "provenance"))
    except ValueError as error:
        raise PackInvalid(str(error)) from error


def _table(table: Table, key: str) -> Table:
    value = table.get(key)
    if not isinstance(value, dict):
        raise PackInvalid(f"{FILE_NAME} has no table [{key}]")
    return cast("Table", value)


def _text(table: Table, key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise PackInvalid(f"{key} must be a text")
    return value


def _matching(table: Table, key: str, pattern: re.Pattern[str]) -> str:
    value = _text(table, key)
    if not pattern.fullmatch(value):
        raise PackInvalid(f"{key} must match {pattern.pattern}")
    return value


def _choice(table: Table, key: str, choices: Collection[str]) -> str:
    value = _text(table, key)
    if value not in choices:
        raise PackInvalid(f"{key} must be one of {', '.join(sorted(choices))}")
    return value


def _address(table: Table, key: str) -> str | None:
    if key not in table:
        return None
    value = _text(table, key)
    if not value.startswith(("https://", "http://")):
        raise PackInvalid(f"{key} must be an http or https address")
    return value


def _flag(table: Table, key: str) -> bool:
    value = table.get(key)
    if not isinstance(value, bool):
        raise PackInvalid(f"{key} must be true or false")
    return value


def _dimension(table: Table) -> int:
    value = table.get("dimension")
    if not isinstance(value, int) or value is True or not 1 <= value <= MAX_DIMENSION:
        raise PackInvalid(f"dimension must be a whole number up to {MAX_DIMENSION}")
    return value
