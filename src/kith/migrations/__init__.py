"""The database's schema, step by step; tests build their databases with it too."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from kith.kit.db import Database
from kith.kit.db.database import translated

# Any number will do, so long as every process takes the same one.
_LOCK_KEY = 0x6B697468


async def upgrade(database: Database) -> None:
    """Bring the schema to the newest version; safe when several processes start at once."""
    if await is_current(database):
        return
    with translated():
        async with database.engine.begin() as connection:
            if not database.is_sqlite:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
            await connection.run_sync(_upgrade)


async def is_current(database: Database) -> bool:
    """Whether the schema is at the newest version."""
    with translated():
        async with database.engine.connect() as connection:
            at = await connection.run_sync(lambda it: MigrationContext.configure(it).get_current_revision())
    return at == _newest()


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _newest() -> str | None:
    return ScriptDirectory.from_config(configuration()).get_current_head()


def _upgrade(connection: Connection) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
