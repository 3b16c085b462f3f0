"""All rules over all files."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tools.lints import honesty, placement, sizes
from tools.lints.source import Rule, Source, Violation

FOLDERS = ("src", "tests", "tools", "bench")
RULES: tuple[Rule, ...] = (*sizes.RULES, *placement.RULES, *honesty.RULES)


def sources(root: Path, paths: Sequence[Path] = ()) -> Iterator[Source]:
    """The given files, or every Python file of the project, in the order of their names."""
    chosen = paths or [path for folder in FOLDERS for path in sorted((root / folder).rglob("*.py"))]
    for path in chosen:
        yield Source(path.absolute().relative_to(root.absolute()), path.read_text(encoding="utf-8"))


def check(files: Iterable[Source]) -> list[Violation]:
    return [violation for source in files for rule in RULES for violation in rule(source)]
