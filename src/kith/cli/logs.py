"""The log of commands goes into the data folder, so that a terminal shows only what a command has to say.

That goes for C libraries too: those that read pictures write what they think of them to descriptor 2.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Self, TextIO

import structlog

from kith.kit.logs import configure_logs
from kith.setting_groups import LogSettings

_MAX_BYTES = 10_000_000

log = structlog.get_logger()


class CommandLog:
    """`logs/kith.log` in the data folder, or stderr with `--debug`; a context that closes it.

    Nothing is written before `open`: a command that uses no library leaves no trace of itself.
    """

    def __init__(self, folder: Path, settings: LogSettings, *, is_debug: bool) -> None:
        self.path = folder / "logs" / "kith.log"
        self._settings = settings
        self._is_on_stderr = is_debug
        self._diversion: _Diversion | None = None
        self._stream: TextIO | None = None

    def __enter__(self) -> Self:
        logging.captureWarnings(capture=True)
        if self._is_on_stderr:
            configure_logs("DEBUG", self._settings.style, sys.stderr)
        else:
            self._diversion = _Diversion() if sys.stderr is sys.__stderr__ else None
            self._write_to(Path(os.devnull))
        return self

    def __exit__(self, *_: object) -> None:
        logging.captureWarnings(capture=False)
        logging.getLogger().handlers[:] = []
        self._close()
        if self._diversion is not None:
            self._diversion.end()

    def to_stderr(self) -> None:
        """What stays and serves logs where its supervisor reads."""
        if not self._is_on_stderr:
            configure_logs(self._settings.level, self._settings.style, sys.stderr)
            self._close()
            if self._diversion is not None:
                self._diversion.pause()
            self._is_on_stderr = True

    def open(self) -> None:
        """Begin to write; where that fails, whatever else needs the folder says so better than its log."""
        if self._is_on_stderr:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _rotate(self.path)
            self._write_to(self.path)
        except OSError:
            return

    def explain(self, error: BaseException) -> str:
        """Log an error nobody expected; where its traceback can be read."""
        log.error("command.failed", exc_info=error)
        if self._is_on_stderr:
            return "its traceback is above"
        if self._stream is None or self._stream.name == os.devnull:
            return "`--debug` shows its traceback"
        return f"its traceback is in {self.path.absolute()}"

    def _write_to(self, path: Path) -> None:
        stream = path.open("a", encoding="utf-8")
        before, self._stream = self._stream, stream
        configure_logs(self._settings.level, self._settings.style, stream)
        if self._diversion is not None:
            self._diversion.to(stream)
        if before is not None:
            before.close()

    def _close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None


class _Diversion:
    """Keeps `sys.stderr` where it was; what is written to descriptor 2 behind its back goes elsewhere."""

    def __init__(self) -> None:
        self._before = sys.stderr
        sys.stderr = os.fdopen(
            os.dup(2), "w", buffering=1, encoding=self._before.encoding, errors="backslashreplace"
        )
        self._kept = sys.stderr

    def to(self, stream: TextIO) -> None:
        os.dup2(stream.fileno(), 2)

    def pause(self) -> None:
        os.dup2(self._kept.fileno(), 2)

    def end(self) -> None:
        self.pause()
        sys.stderr = self._before
        self._kept.close()


def _rotate(path: Path) -> None:
    """Keep the log before this one; two are enough to look back."""
    if path.exists() and path.stat().st_size > _MAX_BYTES:
        path.replace(path.with_suffix(".log.1"))
