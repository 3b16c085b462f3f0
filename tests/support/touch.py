"""Fingers on a page, as Chromium's own protocol moves them."""

from playwright.sync_api import Page

Point = tuple[float, float]
STEPS = 8


class Fingers:
    """Touches of one page; the page's context must be one with touch."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def move(self, *paths: tuple[Point, Point]) -> None:
        """Put down a finger at the start of each path, move all to the ends together, and lift them."""
        self._send("touchStart", [start for start, _ in paths])
        for step in range(1, STEPS + 1):
            part = step / STEPS
            self._send("touchMove", [_between(start, end, part) for start, end in paths])
        self._send("touchEnd", [])

    def _send(self, kind: str, points: list[Point]) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def _between(start: Point, end: Point, part: float) -> Point:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
