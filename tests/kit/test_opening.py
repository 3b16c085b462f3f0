"""Several processes may open a new SQLite file at the same moment."""

import sqlite3
import threading
import time
from pathlib import Path

from sqlalchemy import text

from kith.kit.db import Database


async def test_a_new_file_that_another_process_has_locked_is_waited_for(tmp_path: Path) -> None:
    """SQLite waits for any lock, but not to be switched to write-ahead logging."""
    path = tmp_path / "kith.db"
    locked = threading.Event()

    def hold() -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("CREATE TABLE notes (value INTEGER)")
        connection.execute("BEGIN IMMEDIATE")
        locked.set()
        time.sleep(0.3)
        connection.execute("COMMIT")
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait()
    database = Database(f"sqlite:///{path}")
    async with database.write() as session:
        await session.execute(text("INSERT INTO notes VALUES (1)"))
        assert await session.scalar(text("PRAGMA journal_mode")) == "wal"
    await database.close()
    holder.join()
