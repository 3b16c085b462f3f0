"""No list without a limit."""

import pytest

from kith.kit.pages import MAX_LIMIT, Page


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (Page(), (0, 100)),
        (Page(skip=20, limit=10), (20, 10)),
        (Page(skip=-1, limit=0), (0, 1)),
        (Page(limit=-5), (0, 1)),
        (Page(limit=MAX_LIMIT), (0, MAX_LIMIT)),
        (Page(limit=MAX_LIMIT + 1), (0, MAX_LIMIT)),
    ],
)
def test_a_page_is_clipped_to_what_may_be_asked(asked: Page, given: tuple[int, int]) -> None:
    assert (asked.skip, asked.limit) == given
