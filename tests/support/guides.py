"""Guides in docs/ whose examples are run: what they name, what they have typed, and what is answered."""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HEADING = re.compile(r"^### `(\w+ /[^`]*)`$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SERVER = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Example:
    """Commands of a guide, and the answer it shows of the last one, as text."""

    commands: str
    answer: str | None


def examples(guide: str) -> Iterator[Example]:
    blocks = _BLOCK.findall(guide)
    for (kind, text), (after, answer) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "sh":
            yield Example(text, answer if after == "json" else None)


def run_example(
    it: Example, url: str, folder: Path, *, places: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """What the commands of an example print, typed in a folder, at the server at `url`; each must succeed.

    `places` are what other addresses of the guide stand for here.
    """
    commands = re.sub(r"\bcurl ", "curl --fail-with-body ", it.commands)
    for there, here in {_SERVER: url, **(places or {})}.items():
        commands = commands.replace(there, here)
    done = subprocess.run(
        ["bash", "-euc", commands], cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, **(env or {})},
    )  # fmt: skip
    assert done.returncode == 0, (it.commands, done.stdout, done.stderr)
    return done.stdout


def shape(value: object, key: str = "") -> object:
    """Names, types and whole numbers; a list is as its first element, and a box is where the face is."""
    if isinstance(value, dict):
        return {name: shape(it, key if key == "bbox" else name) for name, it in value.items()}
    if isinstance(value, list):
        return [shape(it, key) for it in value[:1]]
    return value if isinstance(value, int) and key != "bbox" else type(value)


def shape_of(text: str) -> object:
    """The shape of an answer in JSON."""
    return shape(json.loads(text))
