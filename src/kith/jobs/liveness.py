"""Telling a dead worker from a slow one, on one machine, without waiting for its lease.

Every worker holds an exclusive lock on a file of its own. The kernel drops the lock when the process
ends, however it ends; so a lock file that can be locked belonged to a worker that is gone.
"""

import fcntl
import os
from pathlib import Path
from uuid import uuid4


class Liveness:
    """This worker's sign of life. `worker` is its name in leases."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.worker = f"worker-{uuid4().hex}"
        self._path = folder / f"{self.worker}.lock"
        fresh = self._path.with_suffix(".new")  # locked before anybody who looks for dead workers sees it
        self._handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fresh.rename(self._path)

    def dead_workers(self) -> list[str]:
        """Workers whose lock file is here but whom no process holds any more."""
        return [path.stem for path in self._folder.glob("worker-*.lock") if self._is_dead(path)]

    def forget(self, workers: list[str]) -> None:
        """Remove the lock files of dead workers, after their jobs were queued again."""
        for worker in workers:
            (self._folder / f"{worker}.lock").unlink(missing_ok=True)

    def close(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._handle)

    def _is_dead(self, path: Path) -> bool:
        if path == self._path:
            return False
        try:
            handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(handle)
