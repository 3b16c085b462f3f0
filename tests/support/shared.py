"""The folder of photos and networks that tests may use; it is not part of the project."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def shared_root() -> Path:
    """`KITH_TEST_SHARED`, or `../shared` beside the project."""
    return Path(os.environ.get("KITH_TEST_SHARED", ROOT.parent / "shared"))


def shared_path(*parts: str) -> Path:
    """A file or folder of the shared test data; skips the test where it is absent."""
    path = shared_root().joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs {'/'.join(parts)} of the shared test data (set KITH_TEST_SHARED)")
    return path
