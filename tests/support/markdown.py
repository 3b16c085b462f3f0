"""Markdown read as far as tests of the documentation need it."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.support.shared import ROOT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
LINK = re.compile(r"\[[^\]\n]+\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text below it, up to the next heading of its own or a higher level."""

    title: str
    level: int
    text: str

    @property
    def anchor(self) -> str:
        """What GitHub makes of the title."""
        kept = re.sub(r"[^\w\- ]", "", self.title.lower())
        return kept.strip().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Page:
    path: Path
    text: str

    @property
    def prose(self) -> str:
        """The text without its blocks of code."""
        return FENCE.sub("", self.text)

    @property
    def code(self) -> list[tuple[str, str]]:
        """(language, text) of every block of code."""
        return [(match[1], match[2]) for match in FENCE.finditer(self.text)]

    @property
    def links(self) -> list[str]:
        return LINK.findall(self.prose)

    @property
    def sections(self) -> list[Section]:
        masked = FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), self.text)
        heads = [(match.start(), match.end(), len(match[1]), match[2]) for match in HEADING.finditer(masked)]
        found: list[Section] = []
        for at, (_, end, level, title) in enumerate(heads):
            stop = next((start for start, _, other, _ in heads[at + 1 :] if other <= level), len(self.text))
            found.append(Section(title, level, self.text[end:stop]))
        return found


def page(*parts: str) -> Page:
    path = ROOT.joinpath(*parts)
    return Page(path, path.read_text(encoding="utf-8"))


def pages() -> list[Page]:
    """Every page of the project's documentation."""
    paths = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
    return [Page(path, path.read_text(encoding="utf-8")) for path in paths]
