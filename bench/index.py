"""How fast the index searches, beside other libraries on the same vectors: one table.

    python bench/index.py [--rows 20000] [--dimension 128] [--postgres URL] [--json]

`one` is the median time of a single query, `batch` the time a query takes in a batch of 32. Recall is of
the true five nearest. `memory` is what the library holds, vectors included. `--postgres` names an empty
database on a server with pgvector. The peers come with the extra `bench`.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

import faiss
import hnswlib
import numpy as np
from data import people
from usearch.index import Index, MetricKind
from usearch.index import search as scan

from kith.index.base import Entries, Scope
from kith.index.exact import ExactIndex
from kith.index.memory import MemoryIndex
from kith.index.pgvector import PgVectorIndex

TOP = 5
BATCH = 32
QUERIES = 200
EVERYBODY = Scope(tenant=1)


@dataclass
class Line:
    what: str
    one_ms: float
    batch_ms: float
    recall: float
    build_s: float = 0.0
    memory_mb: float = 0.0


@dataclass
class Data:
    vectors: np.ndarray
    persons: np.ndarray
    queries: np.ndarray
    nearest: list[set[int]]


def make_data(rows: int, dimension: int) -> Data:
    vectors, persons = people(rows + QUERIES, dimension)
    vectors, queries = vectors[:rows], vectors[rows:]
    nearest = [set(np.argsort(-(vectors @ query))[:TOP].tolist()) for query in queries]
    return Data(vectors, persons[:rows], queries, nearest)


def measure(what: str, data: Data, search: Callable[[np.ndarray], list], **costs: float) -> Line:
    """`search` takes queries (q, d) and gives for each the row numbers of its nearest."""
    search(data.queries[:1])
    times = []
    found: list[set[int]] = []
    for query in data.queries:
        start = time.perf_counter()
        answer = search(query[None])
        times.append(time.perf_counter() - start)
        found.append({int(row) for row in answer[0]})
    start = time.perf_counter()
    for first in range(0, QUERIES - BATCH, BATCH):
        search(data.queries[first : first + BATCH])
    batch = (time.perf_counter() - start) / (QUERIES // BATCH * BATCH)
    recall = float(np.mean([len(a & b) / TOP for a, b in zip(found, data.nearest, strict=True)]))
    return Line(what, float(np.median(times)) * 1e3, batch * 1e3, recall, **costs)


def entries(data: Data) -> Entries:
    ones = np.ones(len(data.vectors), np.int64)
    return Entries(np.arange(len(ones)), ones, ones, data.persons, data.vectors)


def fill(index, data: Data) -> float:
    start = time.perf_counter()
    index.apply(entries(data), np.zeros(0, np.int64), 1)
    if not isinstance(index, ExactIndex) or isinstance(index, MemoryIndex):
        index.settle()
    return time.perf_counter() - start


def kith_lines(data: Data) -> Iterator[Line]:
    held_mb = data.vectors.size * 5 / 1e6  # float32, and int8 to scan

    def faces(index):
        return lambda queries: [found.face_ids for found in index.search(queries, EVERYBODY, TOP)]

    exact = ExactIndex(data.vectors.shape[1])
    built = fill(exact, data)
    yield measure("kith exact", data, faces(exact), build_s=built, memory_mb=held_mb)
    persons = measure("kith exact, by person", data, lambda queries: _persons(exact, queries))
    yield replace(persons, recall=1.0)  # it answers another question, exactly
    graph = MemoryIndex(data.vectors.shape[1], graph_bytes=0)
    built = fill(graph, data)
    memory = held_mb + graph.graph_memory_bytes / 1e6
    yield measure("kith graph", data, faces(graph), build_s=built, memory_mb=memory)
    graph.close()


def _persons(index: ExactIndex, queries: np.ndarray) -> list:
    return [found.face_ids for found in index.search_persons(queries, EVERYBODY, TOP)]


def numpy_lines(data: Data) -> Iterator[Line]:
    def search(queries):
        return np.argpartition(-(queries @ data.vectors.T), TOP, axis=1)[:, :TOP]

    yield measure("numpy float32", data, search, memory_mb=data.vectors.nbytes / 1e6)


def usearch_lines(data: Data) -> Iterator[Line]:
    def exact(queries):
        return np.atleast_2d(scan(data.vectors, queries, TOP, MetricKind.IP, exact=True).keys)

    yield measure("usearch exact float32", data, exact, memory_mb=data.vectors.nbytes / 1e6)
    index = Index(ndim=data.vectors.shape[1], metric="ip", dtype="f16", connectivity=16)
    index.expansion_search = 160
    start = time.perf_counter()
    index.add(np.arange(len(data.vectors)), data.vectors)
    built = time.perf_counter() - start
    yield measure(
        "usearch HNSW float16",
        data,
        lambda queries: np.atleast_2d(index.search(queries, TOP).keys),
        build_s=built,
        memory_mb=index.memory_usage / 1e6,
    )


def faiss_lines(data: Data) -> Iterator[Line]:
    dimension = data.vectors.shape[1]
    flat = faiss.IndexFlatIP(dimension)
    flat.add(data.vectors)
    held_mb = data.vectors.nbytes / 1e6
    yield measure("faiss flat", data, lambda queries: flat.search(queries, TOP)[1], memory_mb=held_mb)
    graph = faiss.IndexHNSWFlat(dimension, 16, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction, graph.hnsw.efSearch = 128, 160
    start = time.perf_counter()
    graph.add(data.vectors)
    built = time.perf_counter() - start
    memory = len(faiss.serialize_index(graph)) / 1e6
    yield measure(
        "faiss HNSW", data, lambda queries: graph.search(queries, TOP)[1], build_s=built, memory_mb=memory
    )


def hnswlib_lines(data: Data) -> Iterator[Line]:
    index = hnswlib.Index("ip", data.vectors.shape[1])
    index.init_index(len(data.vectors), ef_construction=128, M=16)
    start = time.perf_counter()
    index.add_items(data.vectors)
    built = time.perf_counter() - start
    index.set_ef(160)
    memory = index.index_file_size() / 1e6
    yield measure(
        "hnswlib", data, lambda queries: index.knn_query(queries, TOP)[0], build_s=built, memory_mb=memory
    )


def pgvector_lines(data: Data, url: str) -> Iterator[Line]:
    for what, rows in (("kith pgvector exact", 1 << 40), ("kith pgvector graph", 1)):
        index = PgVectorIndex(url, f"bench {rows}", data.vectors.shape[1], graph_rows=rows)
        built = fill(index, data)
        yield measure(
            what,
            data,
            lambda queries, index=index: [f.face_ids for f in index.search(queries, EVERYBODY, TOP)],
            build_s=built,
        )
        index.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--postgres", metavar="URL", help="also measure pgvector, in this empty database")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    data = make_data(options.rows, options.dimension)
    makers = (kith_lines, numpy_lines, usearch_lines, faiss_lines, hnswlib_lines)
    lines = [line for maker in makers for line in maker(data)]
    if options.postgres:
        lines += pgvector_lines(data, options.postgres)
    if options.json:
        table = [asdict(line) for line in lines]
        print(json.dumps({"rows": options.rows, "dimension": options.dimension, "lines": table}))
        return
    print(f"{options.rows:,} vectors of {options.dimension} dimensions, nearest {TOP}")
    print(f"{'':28}{'one ms':>9}{'batch ms':>10}{'recall':>8}{'build s':>9}{'memory MB':>11}")
    for line in lines:
        numbers = f"{line.one_ms:9.3f}{line.batch_ms:10.3f}{line.recall:8.3f}"
        print(f"{line.what:28}{numbers}{line.build_s:9.1f}{line.memory_mb:11.1f}")


if __name__ == "__main__":
    main()
