"""A lock that many readers share and one writer holds alone."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import Condition


class ReadWriteLock:
    """Readers run together; a writer waits for them, and later readers wait for the writer.

    Neither side starves: a waiting writer holds new readers back, and a writer that is done lets in
    all readers that were waiting before the next writer has its turn. Not reentrant.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._readers = 0
        self._waiting_readers = 0
        self._admitted_readers = 0
        self._waiting_writers = 0
        self._writing = False

    @contextmanager
    def reading(self) -> Generator[None]:
        with self._changed:
            self._waiting_readers += 1
            self._changed.wait_for(self._may_read)
            self._waiting_readers -= 1
            self._admitted_readers = max(0, self._admitted_readers - 1)
            self._readers += 1
        try:
            yield
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    @contextmanager
    def writing(self) -> Generator[None]:
        with self._changed:
            self._waiting_writers += 1
            self._changed.wait_for(self._may_write)
            self._waiting_writers -= 1
            self._writing = True
        try:
            yield
        finally:
            with self._changed:
                self._writing = False
                self._admitted_readers = self._waiting_readers
                self._changed.notify_all()

    def _may_read(self) -> bool:
        return not self._writing and (self._waiting_writers == 0 or self._admitted_readers > 0)

    def _may_write(self) -> bool:
        return not self._writing and self._readers == 0 and self._admitted_readers == 0
