"""Logs come in one form, and nothing that is logged can break what logs it."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest
import structlog

from kith.kit.logs import configure_logs


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, httpx = root.handlers[:], root.level, logging.getLogger("httpx").level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("httpx").setLevel(httpx)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def logged(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


class TestJson:
    def test_an_event_with_its_fields(self, stream: io.StringIO) -> None:
        configure_logs(style="json", stream=stream)
        structlog.get_logger().info("photo.imported", photo=7)
        (entry,) = logged(stream)
        assert datetime.fromisoformat(str(entry.pop("timestamp"))).tzinfo is not None
        assert entry == {"event": "photo.imported", "photo": 7, "level": "info"}

    def test_the_standard_library_speaks_the_same_form(self, stream: io.StringIO) -> None:
        configure_logs(style="json", stream=stream)
        logging.getLogger("somebody.else").warning("%d left", 3)
        (entry,) = logged(stream)
        assert (entry["event"], entry["level"]) == ("3 left", "warning")

    def test_what_the_context_holds_is_in_every_entry(self, stream: io.StringIO) -> None:
        configure_logs(style="json", stream=stream)
        structlog.contextvars.bind_contextvars(request="r1")
        structlog.get_logger().info("photo.imported")
        logging.getLogger("somebody.else").warning("hello")
        assert [entry["request"] for entry in logged(stream)] == ["r1", "r1"]

    def test_an_exception_is_one_entry(self, stream: io.StringIO) -> None:
        configure_logs(style="json", stream=stream)
        structlog.get_logger().error("job.failed", exc_info=LookupError("gone"))
        (entry,) = logged(stream)
        assert "LookupError: gone" in str(entry["exception"])


class TestLevel:
    def test_what_is_less_severe_is_left_out(self, stream: io.StringIO) -> None:
        configure_logs("WARNING", "json", stream)
        structlog.get_logger().info("photo.imported")
        structlog.get_logger().warning("worker.waiting")
        assert [entry["event"] for entry in logged(stream)] == ["worker.waiting"]

    def test_httpx_does_not_tell_whole_urls(self, stream: io.StringIO) -> None:
        configure_logs("DEBUG", "json", stream)
        logging.getLogger("httpx").info("GET https://example.org/?token=secret")
        assert stream.getvalue() == ""


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no words for it")


class TestNeverRaises:
    @pytest.mark.parametrize("style", ["json", "console"])
    @pytest.mark.parametrize(
        "value", [Unprintable(), b"\xff\x00", "\udcff", float("nan"), {1: object()}, "x" * 100_000]
    )
    def test_whatever_is_logged(
        self, value: object, style: str, stream: io.StringIO, capsys: pytest.CaptureFixture[str]
    ) -> None:
        configure_logs(style="json" if style == "json" else "console", stream=stream)
        structlog.get_logger().info("thing.seen", value=value)
        structlog.get_logger().info("thing.after")
        assert "thing.after" in stream.getvalue()

    def test_a_message_that_does_not_fit_its_arguments(
        self, stream: io.StringIO, capsys: pytest.CaptureFixture[str]
    ) -> None:
        configure_logs(style="json", stream=stream)
        misfit = logging.makeLogRecord({"levelno": logging.WARNING, "msg": "%d %d", "args": ("one",)})
        logging.getLogger("somebody.else").handle(misfit)
        logging.getLogger("somebody.else").warning("after")
        assert "after" in stream.getvalue()

    def test_a_stream_that_is_closed(self, stream: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logs(style="json", stream=stream)
        stream.close()
        structlog.get_logger().info("thing.seen")
