"""The shared index where it differs from the others: a server, several users, a graph built on the side."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psycopg
import pytest
from pgvector import Vector
from pgvector.psycopg import register_vector
from psycopg import sql

from kith.index.base import Scope, empty_entries
from kith.index.errors import IndexUnavailable
from kith.index.pgqueries import SpaceQueries
from kith.index.pgvector import PgVectorIndex
from tests.index.samples import DIMENSION, NONE, entries, people, random_units
from tests.support.postgres import create_database

SPACE = "pack-1-0123456789ab-x"
EVERYBODY = Scope(tenant=1)


@pytest.fixture
def dsn() -> str:
    return create_database()


@pytest.fixture
def index(dsn: str) -> Iterator[PgVectorIndex]:
    opened = PgVectorIndex(dsn, SPACE, DIMENSION)
    yield opened
    opened.close()


def faces(count: int):
    who = np.arange(count) % 30
    return entries(np.arange(count) + 1, who + 1, people(np.random.default_rng(0), who))


class TestServer:
    def test_that_is_not_there_is_said(self) -> None:
        index = PgVectorIndex("postgresql://postgres@127.0.0.1:1/none", SPACE, DIMENSION)
        for ask in (
            lambda: len(index),
            lambda: index.position,
            lambda: index.apply(faces(3), NONE, 1),
            lambda: index.search(random_units(np.random.default_rng(0), 1), EVERYBODY, 1),
            index.clear,
        ):
            with pytest.raises(IndexUnavailable):
                ask()
        index.close()

    def test_that_dropped_the_connections_is_asked_again(self, index: PgVectorIndex, dsn: str) -> None:
        index.apply(faces(5), NONE, 1)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert (len(index), index.position) == (5, 1)
        index.apply(empty_entries(DIMENSION), np.array([1]), 2)
        assert (len(index), index.position) == (4, 2)

    def test_a_user_without_rights_is_told(self, dsn: str) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("DROP ROLE IF EXISTS visitor")
            connection.execute("CREATE ROLE visitor LOGIN")
        index = PgVectorIndex(dsn.replace("postgres@", "visitor@"), SPACE, DIMENSION)
        with pytest.raises(IndexUnavailable, match="lets this user"):
            len(index)
        index.close()

    def test_a_space_that_would_break_the_statements_is_refused(self, dsn: str) -> None:
        with pytest.raises(ValueError, match="%"):
            PgVectorIndex(dsn, "pack%s", DIMENSION)

    def test_a_space_with_quotes_is_only_a_name(self, dsn: str) -> None:
        index = PgVectorIndex(dsn, 'it\'s "odd"; DROP TABLE x', DIMENSION, graph_rows=1)
        index.apply(faces(20), NONE, 1)
        index.settle()
        assert index.search(faces(20).vectors[:1], EVERYBODY, 1)[0].face_ids.tolist() == [1]
        index.close()


class TestSharing:
    def test_many_at_once_may_be_the_first(self, dsn: str) -> None:
        start = threading.Barrier(8)

        def use(number: int) -> int:
            index = PgVectorIndex(dsn, SPACE, DIMENSION)
            start.wait()
            index.apply(entries([number], 0, random_units(np.random.default_rng(number), 1)), NONE, 1)
            index.close()
            return number

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(use, range(1, 9))) == list(range(1, 9))
        index = PgVectorIndex(dsn, SPACE, DIMENSION)
        assert len(index) == 8
        index.close()

    def test_what_one_process_writes_another_finds(self, index: PgVectorIndex, dsn: str) -> None:
        other = PgVectorIndex(dsn, SPACE, DIMENSION)
        index.apply(faces(9), NONE, 4)
        assert (len(other), other.position) == (9, 4)
        assert other.search(faces(9).vectors[6:7], EVERYBODY, 1)[0].face_ids.tolist() == [7]
        other.close()

    def test_spaces_of_other_dimensions_live_side_by_side(self, index: PgVectorIndex, dsn: str) -> None:
        other = PgVectorIndex(dsn, "other", 5, graph_rows=1)
        index.apply(faces(9), NONE, 4)
        other.apply(entries([1, 2], 1, random_units(np.random.default_rng(0), 2, 5)), NONE, 8)
        other.settle()
        assert (len(index), index.position, len(other), other.position) == (9, 4, 2, 8)
        other.clear()
        assert (len(index), index.position, len(other), other.position) == (9, 4, 0, 0)
        other.close()


class TestGraph:
    def plan(self, dsn: str, scope: Scope, space: str = SPACE) -> str:
        queries = SpaceQueries(space, DIMENSION)
        with psycopg.connect(dsn) as connection:
            connection.execute("SET enable_sort = off")
            register_vector(connection)
            rows = connection.execute(
                sql.SQL("EXPLAIN ") + queries.graph_faces(scope, 10),
                {"query": Vector(random_units(np.random.default_rng(0), 1)[0])},
            ).fetchall()
        return "\n".join(str(row[0]) for row in rows)

    def test_is_built_once_a_space_is_large_and_walked_then(self, dsn: str) -> None:
        index = PgVectorIndex(dsn, SPACE, DIMENSION, graph_rows=500)
        index.apply(faces(400), NONE, 1)
        index.settle()
        assert "kith_index_hnsw" not in self.plan(dsn, EVERYBODY)
        index.apply(faces(700), NONE, 2)
        index.settle()
        for scope in (EVERYBODY, Scope(1, 1), Scope(1, assigned_only=True)):
            assert "kith_index_hnsw" in self.plan(dsn, scope)
        queries = faces(30).vectors
        found = index.search(queries, EVERYBODY, 1)
        assert [one.face_ids[0] for one in found] == list(range(1, 31))
        index.close()

    def test_waits_until_the_first_filling_is_complete(self, dsn: str) -> None:
        index = PgVectorIndex(dsn, SPACE, DIMENSION, graph_rows=50)
        index.apply(faces(300), NONE, 0)
        index.settle()
        assert "kith_index_hnsw" not in self.plan(dsn, EVERYBODY)
        index.apply(empty_entries(DIMENSION), NONE, 1)
        index.settle()
        assert "kith_index_hnsw" in self.plan(dsn, EVERYBODY)
        index.close()

    def test_left_half_done_is_built_again(self, dsn: str) -> None:
        index = PgVectorIndex(dsn, SPACE, DIMENSION, graph_rows=50)
        index.apply(faces(300), NONE, 0)
        name = SpaceQueries(SPACE, DIMENSION).graph_name
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(f"CREATE INDEX {name} ON kith_index_entries (person)")
            connection.execute(
                f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass"
            )
        index.apply(empty_entries(DIMENSION), NONE, 1)
        index.settle()
        assert "kith_index_hnsw" in self.plan(dsn, EVERYBODY)
        index.close()

    def test_naming_a_face_leaves_it_alone(self, dsn: str) -> None:
        """A change of person alone must be a heap-only update, which no index of the table notices."""
        index = PgVectorIndex(dsn, SPACE, DIMENSION, graph_rows=50)
        all_faces = faces(300)
        index.apply(all_faces, NONE, 1)
        index.settle()
        some = np.arange(0, 300, 30)  # not more on a page than it has room for
        index.apply(entries(some + 1, 99, all_faces.vectors[some]), NONE, 2)
        index.close()
        with psycopg.connect(dsn) as connection:
            row = connection.execute(
                "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables"
                " WHERE relname = 'kith_index_entries'"
            ).fetchone()
        assert row == (10, 10)
