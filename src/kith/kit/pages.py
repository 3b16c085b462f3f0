"""Bounded lists: no query without a limit."""

from dataclasses import dataclass

MAX_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """`skip` rows, then at most `limit` (1..MAX_LIMIT, clipped)."""

    skip: int = 0
    limit: int = 100

    def __post_init__(self) -> None:
        object.__setattr__(self, "skip", max(0, self.skip))
        object.__setattr__(self, "limit", min(max(1, self.limit), MAX_LIMIT))
