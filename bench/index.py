"""How fast the index searches, beside other libraries on the same vectors.

    python bench/index.py [--rows 10000 100000] [--dimension 512] [--graphs hnswlib faiss usearch]
                          [--alone] [--postgres URL] [--plot FILE.svg] [--json]

The vectors have the statistics of real embeddings (bench/data.py); the queries are further pictures, some
of people who have many, some of people who have none. `one ms` is the median time of a single query, `p90`
that of the slowest tenth, `batch ms` the time a query takes in a batch of 32. Recall is of the true five
nearest. Graphs are searched with the least effort that reaches a recall of .99, or with the most tried,
which the name says. `times kith` is how much longer a query takes than with Kith's way of the same kind.
Memory counts the vectors. `--graphs` says which graphs are built; from a million vectors each of them takes
a quarter of an hour or more, and without a name none is. `--postgres` names an empty database on a server
with pgvector. Peers come with the extra `bench`.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import faiss
import hnswlib
import numkong
import numpy as np
from usearch.index import Index, MetricKind
from usearch.index import search as scan

from bench.data import people
from bench.report import Row, parser_for, show
from kith.index.base import Entries, Scope
from kith.index.exact import ExactIndex
from kith.index.memory import MemoryIndex
from kith.index.pgvector import PgVectorIndex

TOP = 5
BATCH = 32
QUERIES = 200
ENOUGH = 0.99
EFFORTS = (64, 128, 256, 512, 1024, 2048, 4096)
EVERYBODY = Scope(tenant=1)
EXACT, APPROXIMATE, PERSONS = "exact", "approximate", "exact, persons"

Search = Callable[[np.ndarray], list]


@dataclass
class Line:
    kind: str
    what: str
    one_ms: float
    p90_ms: float
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

    @property
    def megabytes(self) -> float:
        return self.vectors.nbytes / 1e6


def make_data(rows: int, dimension: int) -> Data:
    vectors, persons = people(rows + QUERIES, dimension)
    queries, vectors = vectors[rows:], vectors[:rows]
    exact = faiss.IndexFlatIP(dimension)
    exact.add(vectors)
    nearest = [set(found.tolist()) for found in exact.search(queries, TOP)[1]]
    return Data(vectors, persons[:rows], queries, nearest)


def recall_of(data: Data, found: list) -> float:
    pairs = zip(found, data.nearest, strict=True)
    return float(np.mean([len({int(row) for row in one} & best) / TOP for one, best in pairs]))


def measure(kind: str, what: str, data: Data, search: Search, **costs: float) -> Line:
    """`search` takes queries (q, d) and gives for each the row numbers of its nearest."""
    search(data.queries[:1])
    times, found = [], []
    for query in data.queries:
        start = time.perf_counter()
        answer = search(query[None])
        times.append(time.perf_counter() - start)
        found.append(answer[0])
    start = time.perf_counter()
    for first in range(0, QUERIES - BATCH, BATCH):
        search(data.queries[first : first + BATCH])
    batch = (time.perf_counter() - start) / (QUERIES // BATCH * BATCH)
    recall = 1.0 if kind == PERSONS else recall_of(data, found)
    one, p90 = (float(np.quantile(times, share)) * 1e3 for share in (0.5, 0.9))
    return Line(kind, what, one, p90, batch * 1e3, recall, **costs)


def fill(index, data: Data) -> float:
    ones = np.ones(len(data.vectors), np.int64)
    entries = Entries(np.arange(len(ones)), ones, ones, data.persons, data.vectors)
    start = time.perf_counter()
    index.apply(entries, np.zeros(0, np.int64), 1)
    if isinstance(index, PgVectorIndex):
        index.settle()
    return time.perf_counter() - start


def faces(index) -> Search:
    return lambda queries: [found.face_ids for found in index.search(queries, EVERYBODY, TOP)]


def persons(index) -> Search:
    return lambda queries: [found.face_ids for found in index.search_persons(queries, EVERYBODY, TOP)]


def kith_lines(data: Data) -> Iterator[Line]:
    exact = ExactIndex(data.vectors.shape[1])
    costs = {"build_s": fill(exact, data), "memory_mb": data.megabytes * 1.25}  # and int8 to scan
    yield measure(EXACT, "kith", data, faces(exact), **costs)
    yield measure(PERSONS, "kith", data, persons(exact), **costs)
    exact.close()
    sketched = MemoryIndex(data.vectors.shape[1], sketch_bytes=0)
    costs = {"build_s": fill(sketched, data), "memory_mb": data.megabytes * 1.3125}
    yield measure(APPROXIMATE, "kith", data, faces(sketched), **costs)
    sketched.close()


def flat_lines(data: Data) -> Iterator[Line]:
    def multiply(queries):
        return np.argpartition(-(queries @ data.vectors.T), TOP, axis=1)[:, :TOP]

    yield measure(EXACT, "numpy float32", data, multiply, memory_mb=data.megabytes)
    flat = faiss.IndexFlatIP(data.vectors.shape[1])
    flat.add(data.vectors)
    yield measure(
        EXACT, "faiss flat", data, lambda queries: flat.search(queries, TOP)[1], memory_mb=data.megabytes
    )
    codes = np.rint(data.vectors * (127 / np.abs(data.vectors).max())).astype(np.int8)
    asked = 127 / np.abs(data.queries).max()

    def usearch(queries):
        found = scan(codes, np.rint(queries * asked).astype(np.int8), TOP, MetricKind.IP, exact=True)
        return np.atleast_2d(found.keys)

    def kong(queries):
        rounded = np.rint(queries * asked).astype(np.int8)
        products = np.asarray(numkong.cdist(rounded, codes, "dot", out_dtype="float32"))
        return np.argpartition(-products, TOP, axis=1)[:, :TOP]

    yield measure(EXACT, "usearch exact int8, no rerank", data, usearch, memory_mb=data.megabytes / 4)
    yield measure(EXACT, "numkong cdist int8, no rerank", data, kong, memory_mb=data.megabytes / 4)


def person_lines(data: Data) -> Iterator[Line]:
    order = np.argsort(data.persons, kind="stable")
    vectors = data.vectors[order]
    starts = np.flatnonzero(np.diff(data.persons[order], prepend=0))

    def search(queries):
        best = np.maximum.reduceat(queries @ vectors.T, starts, axis=1)
        return np.argpartition(-best, TOP, axis=1)[:, :TOP]

    yield measure(PERSONS, "numpy float32, sorted by person", data, search, memory_mb=data.megabytes)


def tuned(what: str, data: Data, set_effort: Callable[[int], object], search: Search, **costs: float) -> Line:
    """The line of the least effort with which `search` recalls enough."""
    for effort in EFFORTS:
        set_effort(effort)
        if recall_of(data, [search(query[None])[0] for query in data.queries]) >= ENOUGH:
            break
    return measure(APPROXIMATE, f"{what}, effort {effort}", data, search, **costs)


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def usearch_line(data: Data) -> Line:
    rows, dimension = data.vectors.shape
    small = Index(ndim=dimension, metric="ip", dtype="f16", connectivity=16, expansion_add=128)
    built = timed(lambda: small.add(np.arange(rows), data.vectors))
    return tuned(
        "usearch HNSW float16", data, lambda effort: setattr(small, "expansion_search", effort),
        lambda queries: np.atleast_2d(small.search(queries, TOP).keys),
        build_s=built, memory_mb=small.memory_usage / 1e6,
    )  # fmt: skip


def hnswlib_line(data: Data) -> Line:
    rows, dimension = data.vectors.shape
    plain = hnswlib.Index("ip", dimension)
    plain.init_index(rows, ef_construction=128, M=16)
    built = timed(lambda: plain.add_items(data.vectors))
    return tuned(
        "hnswlib", data, plain.set_ef, lambda queries: plain.knn_query(queries, TOP)[0],
        build_s=built, memory_mb=plain.index_file_size() / 1e6,
    )  # fmt: skip


def faiss_line(data: Data) -> Line:
    rows, dimension = data.vectors.shape
    graph = faiss.IndexHNSWFlat(dimension, 16, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = 128
    built = timed(lambda: graph.add(data.vectors))
    return tuned(
        "faiss HNSW", data, lambda effort: setattr(graph.hnsw, "efSearch", effort),
        lambda queries: graph.search(queries, TOP)[1],
        build_s=built, memory_mb=data.megabytes + rows * 4 * 2 * 16 / 1e6,
    )  # fmt: skip


GRAPHS = {"hnswlib": hnswlib_line, "faiss": faiss_line, "usearch": usearch_line}


def pgvector_lines(data: Data, url: str) -> Iterator[Line]:
    for kind, rows in ((EXACT, 1 << 40), (APPROXIMATE, 1)):
        index = PgVectorIndex(url, f"bench {rows}", data.vectors.shape[1], graph_rows=rows)
        built = fill(index, data)
        yield measure(kind, "kith pgvector", data, faces(index), build_s=built)
        index.close()


def table(lines: list[Line]) -> list[Row]:
    """The lines by kind, Kith's own first, with ratios to it."""
    rows: list[Row] = []
    for kind in (EXACT, PERSONS, APPROXIMATE):
        here = [line for line in lines if line.kind == kind]
        for line in here:
            ratio = line.one_ms / here[0].one_ms
            numbers = {
                name: round(value, 3) for name, value in vars(line).items() if isinstance(value, float)
            }
            rows.append({"search": kind, "with": line.what, "times kith": round(ratio, 2), **numbers})
    return rows


def plot(tables: dict[int, list[Line]], dimension: int, file: Path) -> None:
    """How the time of a query grows with the rows, both axes logarithmic."""
    from matplotlib import pyplot as plt  # noqa: PLC0415  # only who asks for a plot needs it

    figure, axes = plt.subplots(figsize=(8, 5))
    series: dict[str, list[tuple[int, float]]] = {}
    for rows, lines in tables.items():
        for line in lines:
            name = f"{line.kind}: {line.what.partition(',')[0]}"
            series.setdefault(name, []).append((rows, line.one_ms))
    for name, points in series.items():
        is_kith = name.endswith("kith")
        axes.plot(
            *zip(*points, strict=True), "o-" if is_kith else ".--", lw=2.5 if is_kith else 1, label=name
        )
    axes.set(xscale="log", yscale="log", xlabel="vectors", ylabel="ms a query, median")
    axes.set_title(f"Nearest {TOP} of vectors with {dimension} dimensions", loc="left")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    figure.savefig(file, bbox_inches="tight", metadata={"Date": None})


def main() -> None:
    parser = parser_for(__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--graphs", nargs="*", choices=list(GRAPHS), default=list(GRAPHS))
    parser.add_argument("--alone", action="store_true", help="measure Kith without the exact peers")
    parser.add_argument("--postgres", metavar="URL", help="also measure pgvector, in this empty database")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw how time grows with the rows")
    options = parser.parse_args()
    tables: dict[int, list[Line]] = {}
    for rows in options.rows:
        data = make_data(rows, options.dimension)
        makers = (kith_lines,) if options.alone else (kith_lines, flat_lines, person_lines)
        tables[rows] = [line for maker in makers for line in maker(data)]
        tables[rows] += [GRAPHS[name](data) for name in options.graphs]
        if options.postgres:
            tables[rows] += pgvector_lines(data, options.postgres)
    titles = {rows: f"Nearest {TOP} of {rows:,} vectors, {options.dimension} dimensions" for rows in tables}
    show({titles[rows]: table(lines) for rows, lines in tables.items()}, as_json=options.json)
    if options.plot:
        plot(tables, options.dimension, options.plot)


if __name__ == "__main__":
    main()
