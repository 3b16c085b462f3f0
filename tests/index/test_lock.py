"""Readers share, writers are alone, and neither waits for ever."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kith.index.lock import ReadWriteLock


class TestLock:
    def test_readers_share_and_a_writer_is_alone(self) -> None:
        lock = ReadWriteLock()
        inside: set[str] = set()
        most_readers = 0

        def read(number: int) -> None:
            nonlocal most_readers
            for _ in range(50):
                with lock.reading():
                    inside.add(f"reader {number}")
                    assert "writer" not in inside
                    most_readers = max(most_readers, len(inside))
                    time.sleep(0)
                    inside.discard(f"reader {number}")

        def write(_: int) -> None:
            for _ in range(50):
                with lock.writing():
                    assert not inside
                    inside.add("writer")
                    time.sleep(0)
                    inside.discard("writer")

        with ThreadPoolExecutor(6) as pool:
            for done in [
                *(pool.submit(read, n) for n in range(4)),
                *(pool.submit(write, n) for n in range(2)),
            ]:
                done.result()

    def test_two_readers_are_in_at_once(self) -> None:
        lock = ReadWriteLock()
        meeting = threading.Barrier(2, timeout=10)

        def read() -> None:
            with lock.reading():
                meeting.wait()

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(read), pool.submit(read)]:
                done.result()

    def test_a_writer_gets_in_between_endless_readers_and_they_after_it(self) -> None:
        lock = ReadWriteLock()
        stop = threading.Event()
        reads = 0

        def read() -> None:
            nonlocal reads
            while not stop.is_set():
                with lock.reading():
                    reads += 1

        with ThreadPoolExecutor(3) as pool:
            readers = [pool.submit(read) for _ in range(3)]
            for _ in range(200):
                with lock.writing():
                    pass
            seen = reads
            while reads == seen:
                time.sleep(0.001)
            stop.set()
            for reader in readers:
                reader.result()

    def test_is_free_again_after_an_error(self) -> None:
        lock = ReadWriteLock()
        for enter in (lock.reading, lock.writing):
            with pytest.raises(KeyError), enter():
                raise KeyError
        with lock.writing():
            pass
