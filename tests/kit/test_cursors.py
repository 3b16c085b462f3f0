"""A cursor comes back as what it was made of, or is refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.kit.cursors import decode, encode, key_only, moment_and_id
from kith.kit.errors import CursorInvalid


def test_a_key_comes_back() -> None:
    assert decode(encode(7), key_only) == (7,)


@given(moment=st.datetimes(), key=st.integers(0, 2**63 - 1))
def test_a_moment_and_a_key_come_back(moment: datetime, key: int) -> None:
    assert decode(encode(moment, key), moment_and_id) == (moment, key)


def test_a_moment_keeps_its_zone() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=UTC)
    assert decode(encode(moment, 1), moment_and_id) == (moment, 1)


@pytest.mark.parametrize(
    "cursor",
    [
        "", "é", "A", "AAAA", "W10", "bnVsbA", "e30", encode("a"), encode(True), encode(-1), encode(2**63),
        encode(1, 2),
        encode(datetime(2026, 1, 2), 3), encode(7)[:-1], encode(7) + "=", encode("x" * 500), "W" * 501,
        "WyJ", encode(None),
    ],
)  # fmt: skip
def test_what_is_no_cursor_of_this_list(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        decode(cursor, key_only)


@pytest.mark.parametrize("cursor", [encode(7), encode("yesterday", 7), encode(7, 7), encode(None, 7)])
def test_what_is_no_cursor_of_that_list(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        decode(cursor, moment_and_id)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(cursor: str) -> None:
    try:
        (key,) = decode(cursor, key_only)
    except CursorInvalid:
        return
    assert key >= 0
