"""The SQL of the index in PostgreSQL. Nothing here runs anything."""

import hashlib

from psycopg import sql

from kith.index.base import NO_PERSON, Scope
from kith.index.ranking import Ask, wanted_persons

_ROUNDING = 1e-5  # of inner products summed in float32 by pgvector
_EXTRA = 16  # rows beyond the top, so that rounding pushes nothing out of it

_ENTRIES = """
    CREATE TABLE IF NOT EXISTS kith_index_entries (
        space text NOT NULL,
        face_id bigint NOT NULL,
        tenant bigint NOT NULL,
        gallery bigint NOT NULL,
        person bigint NOT NULL,
        embedding vector NOT NULL,
        PRIMARY KEY (space, face_id)
    ) WITH (fillfactor = 80)
"""  # room on each page lets a face change its person in place, without touching any index

HAS_TABLES = "SELECT to_regclass('kith_index_positions') IS NOT NULL"  # the last one to be made

SCHEMA = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    _ENTRIES,
    # Inline, not in the overflow table: a scan reads every vector.
    "ALTER TABLE kith_index_entries ALTER COLUMN embedding SET STORAGE PLAIN",
    "CREATE INDEX IF NOT EXISTS kith_index_scope ON kith_index_entries (space, tenant, gallery)",
    "CREATE TABLE IF NOT EXISTS kith_index_positions (space text PRIMARY KEY, position bigint NOT NULL)",
)

UPSERT = """
    INSERT INTO kith_index_entries AS e (space, face_id, tenant, gallery, person, embedding)
    VALUES (%s, %s, %s, %s, %s, %b)
    ON CONFLICT (space, face_id) DO UPDATE
    SET tenant = excluded.tenant, gallery = excluded.gallery, person = excluded.person,
        embedding = excluded.embedding
    WHERE (e.tenant, e.gallery, e.person, e.embedding)
       IS DISTINCT FROM (excluded.tenant, excluded.gallery, excluded.person, excluded.embedding)
"""


class SpaceQueries:
    """Statements about one space.

    Its key stands in them as a literal: only then does the planner see that its partial index applies.
    """

    def __init__(self, space: str, dimension: int) -> None:
        if "%" in space:
            raise ValueError("the key of a space must not contain %")  # it would be taken for a parameter
        self.dimension = dimension
        self.graph_name = f"kith_index_hnsw_{hashlib.blake2s(space.encode(), digest_size=8).hexdigest()}"
        self._space = sql.Literal(space)
        self._dimension = sql.Literal(dimension)
        self._graph = sql.Identifier(self.graph_name)

    def faces(self, ask: Ask) -> sql.Composed:
        """Exact: every face that may be in the answer; the parameter `query` is a vector."""
        return self._with_embeddings(
            sql.SQL("SELECT face_id FROM ({scored}) AS scored{near} ORDER BY far, face_id{first}"), ask
        )

    def best_faces(self, ask: Ask) -> sql.Composed:
        """Exact: the best face of every person that may be in the answer."""
        return self._with_embeddings(
            sql.SQL(
                "SELECT (min(ARRAY[far, face_id]))[2]::bigint AS face_id FROM ({scored}) AS scored{near}"
                " GROUP BY person ORDER BY min(ARRAY[far, face_id]){first}"
            ),
            ask,
        )

    def _with_embeddings(self, chosen: sql.SQL, ask: Ask) -> sql.Composed:
        """Vectors are fetched for the chosen alone: sorting rows that carry them spills to disk."""
        scored = sql.SQL(
            "SELECT face_id, person, embedding <#> %(query)b AS far FROM kith_index_entries WHERE {} OFFSET 0"
        ).format(self.where(ask.scope))
        parts: list[sql.Composable] = []
        if ask.min_cosine > -1:
            parts.append(sql.SQL("far <= {}").format(sql.Literal(_ROUNDING - ask.min_cosine)))
        if ask.by_person:
            parts.append(sql.SQL("person <> {}").format(sql.Literal(NO_PERSON)))
        near = sql.SQL(" WHERE ") + sql.SQL(" AND ").join(parts) if parts else sql.SQL("")
        first = sql.SQL("")
        if ask.top is not None:
            first = sql.SQL(" LIMIT {}").format(sql.Literal(ask.top + _EXTRA))
        return sql.SQL(
            "SELECT e.face_id, e.person, e.embedding FROM ({chosen}) AS chosen JOIN kith_index_entries AS e"
            " ON e.space = {space} AND e.face_id = chosen.face_id"
        ).format(chosen=chosen.format(scored=scored, near=near, first=first), space=self._space)

    def graph_faces(self, scope: Scope, count: int) -> sql.Composed:
        """Approximate: about the nearest `count` faces, through the space's graph."""
        return sql.SQL(
            "SELECT face_id, person, embedding FROM kith_index_entries WHERE {where}"
            " ORDER BY embedding::halfvec({dimension}) <#> %(query)b::halfvec({dimension}) LIMIT {count}"
        ).format(where=self.where(scope), dimension=self._dimension, count=sql.Literal(count))

    def scope_size(self, scope: Scope, most: int) -> sql.Composed:
        """How many faces a tenant or gallery has, counted up to `most`."""
        place = Scope(scope.tenant, scope.gallery)
        return sql.SQL(
            "SELECT count(*) FROM (SELECT FROM kith_index_entries WHERE {where} LIMIT {most}) AS counted"
        ).format(where=self.where(place), most=sql.Literal(most))

    def space_size(self, most: int) -> sql.Composed:
        """How many faces the space has, counted up to `most`."""
        return sql.SQL(
            "SELECT count(*) FROM (SELECT FROM kith_index_entries WHERE space = {space} LIMIT {most}) AS c"
        ).format(space=self._space, most=sql.Literal(most))

    def create_graph(self) -> sql.Composed:
        return sql.SQL(
            "CREATE INDEX CONCURRENTLY {graph} ON kith_index_entries"
            " USING hnsw ((embedding::halfvec({dimension})) halfvec_ip_ops) WHERE space = {space}"
        ).format(graph=self._graph, dimension=self._dimension, space=self._space)

    def drop_graph(self) -> sql.Composed:
        return sql.SQL("DROP INDEX IF EXISTS {graph}").format(graph=self._graph)

    def where(self, scope: Scope) -> sql.Composed:
        parts = [
            sql.SQL("space = {}").format(self._space),
            sql.SQL("tenant = {}").format(sql.Literal(scope.tenant)),
        ]
        if scope.gallery is not None:
            parts.append(sql.SQL("gallery = {}").format(sql.Literal(scope.gallery)))
        if scope.persons is not None:
            persons = wanted_persons(scope).tolist()
            parts.append(sql.SQL("person = ANY({}::bigint[])").format(sql.Literal(persons)))
        if scope.assigned_only:
            parts.append(sql.SQL("person <> {}").format(sql.Literal(NO_PERSON)))
        if scope.unassigned_only:
            parts.append(sql.SQL("person = {}").format(sql.Literal(NO_PERSON)))
        if scope.exclude_faces:
            excluded = sql.Literal(sorted(scope.exclude_faces))
            parts.append(sql.SQL("face_id <> ALL({}::bigint[])").format(excluded))
        return sql.SQL(" AND ").join(parts)
