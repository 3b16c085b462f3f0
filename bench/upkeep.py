"""What keeping an index costs: opening it, adding a face, grouping all faces from nothing.

    python bench/upkeep.py [--rows 1000000] [--dimension 512] [--open 1000000x512 10000000x128]
                           [--group 100000] [--json]

*Open* saves an index and opens it in a new process, twice: with its files dropped from the page cache, and
once more. *Add* puts one face into an index of `--rows` and finds the faces near it, as the worker does for
every new face. *Group* makes groups of `--group` faces: links, then DBSCAN; beside it scikit-learn's DBSCAN
and HDBSCAN on as many as each can take, with how equal the groups are (adjusted Rand index, over faces that
are cores or noise in both).
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.cluster import DBSCAN, HDBSCAN
from sklearn.metrics import adjusted_rand_score

from bench.data import people
from bench.report import Row, parser_for, show
from kith.index.base import Entries, Scope
from kith.index.cluster import NOISE, dbscan, radius_graph
from kith.index.memory import MemoryIndex

EVERYBODY = Scope(tenant=1)
MIN_COSINE = 0.45
MIN_SAMPLES = 2
HDBSCAN_ROWS = 5_000
DBSCAN_ROWS = 5_000
ADDED = 200
OPENING = """
import sys, time
from pathlib import Path
from kith.index.memory import MemoryIndex
import numpy as np
from kith.index.base import Scope
start = time.perf_counter()
index = MemoryIndex(int(sys.argv[2]), Path(sys.argv[1]))
opened = time.perf_counter() - start
held = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
memory = int(held.split()[1]) // 1024
query = index.entries(np.array([1])).vectors
index.search(query, Scope(1), 5)
print(opened, time.perf_counter() - start, memory, len(index))
index.close()
"""


def fill(rows: int, dimension: int, folder: Path | None = None) -> tuple[MemoryIndex, np.ndarray]:
    vectors, persons = people(rows, dimension)
    index = MemoryIndex(dimension, folder)
    for start in range(0, rows, 100_000):
        some = slice(start, start + 100_000)
        count = len(vectors[some])
        ones = np.ones(count, np.int64)
        faces = Entries(np.arange(start, start + count) + 1, ones, ones, persons[some], vectors[some])
        index.apply(faces, np.zeros(0, np.int64), start + count)
    return index, vectors


def open_rows(rows: int, dimension: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        index, _ = fill(rows, dimension, Path(folder))
        start = time.perf_counter()
        index.persist()
        saved = time.perf_counter() - start
        index.close()
        found: list[Row] = []
        for state in ("cold", "warm"):
            if state == "cold":
                forget(Path(folder))
            command = [sys.executable, "-c", OPENING, folder, str(dimension)]
            answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            opened, searched, memory, count = map(float, answer)
            assert count == rows
            size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
            found.append({
                "what": f"open {rows:,} x {dimension}, files {state}", "open s": round(opened, 3),
                "first answer s": round(searched, 3), "memory MB": int(memory), "files MB": round(size),
                "save s": round(saved, 2),
            })  # fmt: skip
    return found


def forget(folder: Path) -> None:
    """Have the page cache drop the files, so that they are read from the disk."""
    for file in folder.iterdir():
        handle = os.open(file, os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def add_row(rows: int, dimension: int) -> Row:
    index, vectors = fill(rows, dimension)
    rng = np.random.default_rng(1)
    added, searched = [], []
    for number in range(ADDED):
        near = vectors[rng.integers(0, rows)] + rng.standard_normal(dimension).astype(np.float32) / 40
        vector = (near / np.linalg.norm(near))[None].astype(np.float32)
        one = np.ones(1, np.int64)
        start = time.perf_counter()
        index.apply(
            Entries(one * (rows + 1 + number), one, one, one * 0, vector),
            np.zeros(0, np.int64),
            rows + number,
        )
        added.append(time.perf_counter() - start)
        index.within(vector, EVERYBODY, MIN_COSINE)
        searched.append(time.perf_counter() - start)
    index.close()
    numbers = {"apply ms": np.median(added), "apply and neighbours ms": np.median(searched)}
    worst = {"p99 ms": np.quantile(searched, 0.99)}
    return {"what": f"add a face to {rows:,} x {dimension}"} | {
        name: round(float(value) * 1e3, 2) for name, value in (numbers | worst).items()
    }


def group_rows(rows: int, dimension: int) -> list[Row]:
    vectors, _ = people(rows, dimension)
    start = time.perf_counter()
    links = radius_graph(vectors, MIN_COSINE)
    linked = time.perf_counter() - start
    labels = dbscan(rows, links, min_samples=MIN_SAMPLES)
    kith_s = time.perf_counter() - start
    found: list[Row] = [
        group_row("kith", rows, kith_s, labels, f"{len(links):,} links in {linked:.1f} s"),
    ]
    small = vectors[:DBSCAN_ROWS]
    start = time.perf_counter()
    ours = dbscan(len(small), radius_graph(small, MIN_COSINE), min_samples=MIN_SAMPLES)
    found.append(group_row("kith", len(small), time.perf_counter() - start, ours, ""))
    peers = {
        "scikit-learn DBSCAN, brute": DBSCAN(
            eps=1 - MIN_COSINE, min_samples=MIN_SAMPLES, metric="cosine", algorithm="brute", n_jobs=-1
        ),
        "scikit-learn HDBSCAN": HDBSCAN(min_cluster_size=MIN_SAMPLES, copy=True),
    }
    for name, peer in peers.items():
        start = time.perf_counter()
        theirs = peer.fit_predict(small)
        taken = time.perf_counter() - start
        same = f"adjusted Rand {adjusted_rand_score(theirs, ours):.4f}"
        found.append(group_row(name, len(small), taken, theirs, same))
    return found


def group_row(name: str, rows: int, seconds: float, labels: np.ndarray, note: str) -> Row:
    return {
        "with": name, "faces": rows, "seconds": round(seconds, 3), "us a face": seconds / rows * 1e6,
        "groups": len(np.unique(labels[labels != NOISE])), "note": note,
    }  # fmt: skip


def main() -> None:
    parser = parser_for(__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--open", nargs="*", default=["1000000x512"], metavar="ROWSxDIMENSION")
    parser.add_argument("--group", type=int, default=100_000)
    options = parser.parse_args()
    sizes = [tuple(map(int, size.split("x"))) for size in options.open]
    opened = [row for rows, dimension in sizes for row in open_rows(rows, dimension)]
    added = [add_row(options.rows, options.dimension)]
    grouped = group_rows(options.group, options.dimension)
    tables = {"Opening a saved index": opened, "Adding a face": added, "Grouping from nothing": grouped}
    show(tables, as_json=options.json)


if __name__ == "__main__":
    main()
