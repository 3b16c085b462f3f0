"""The packs Kith knows by name: one `pack.toml` each."""

from functools import cache
from importlib.resources import files

from kith.engine.packs.manifest import Manifest, parse

PREFERENCE = ("antelopev2", "buffalo_l", "buffalo_s", "mobile", "opencv", "dlib")


@cache
def known_packs() -> tuple[Manifest, ...]:
    """The manifests of all known packs, in the order in which they are preferred."""
    folder = files(__name__)
    return tuple(parse(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8")) for name in PREFERENCE)
