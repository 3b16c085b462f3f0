import pytest

from kith.kit.db import Database
from tests.jobs.workers import Queue
from tests.support.clock import ManualClock


@pytest.fixture
def queue(database: Database, clock: ManualClock) -> Queue:
    """An empty queue, on SQLite and on PostgreSQL."""
    return Queue(database, clock)
