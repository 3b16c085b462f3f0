"""Groups of unknown faces: DBSCAN over the sparse graph of near pairs, obeying what humans decided.

DBSCAN: Ester, Kriegel, Sander and Xu, 1996. A face with `min_samples` faces near it (itself counted) is
a core; cores that are near each other are one group; other faces join the group of their nearest core.
With rules, the links between cores are taken from the nearest pair down, and each joins two groups
unless a rule forbids it: single-linkage agglomeration that may refuse. Without any, it is plain DBSCAN.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kith.index.base import Float32, Int64, Scope, VectorIndex, check_vectors
from kith.index.codes import Codes, compare, encode
from kith.index.cores import Cores
from kith.index.forest import Forest, Rules

NOISE = -1

Mask = NDArray[np.bool_]

_BLOCK = 256  # faces compared at a time with _PIECE others: the 4 MB of scores stay in the cache
_PIECE = 4096
_PAIRS = 1 << 16
_FIRST_LINKS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Near pairs of faces 0..n-1: `rows` < `cols` (m,) int32, by rows then cols, and `cosines` (m,)."""

    rows: NDArray[np.int32]
    cols: NDArray[np.int32]
    cosines: Float32

    def __len__(self) -> int:
        return len(self.rows)

    def pick(self, which: Mask | NDArray[np.intp]) -> "Links":
        return Links(self.rows[which], self.cols[which], self.cosines[which])


def radius_graph(vectors: Float32, min_cosine: float) -> Links:
    """All pairs of unit vectors (n, d) with a cosine of at least `min_cosine`.

    An int8 comparison of blocks rules out the far pairs, the rest are compared in float32: O(n^2 d) time on
    all cores, 12 bytes a link (bench/upkeep.py). Raises ValueError for vectors that are not of unit length.
    """
    check_vectors(vectors, vectors.shape[-1])
    coded = encode(vectors)
    floors = np.float32(min_cosine) - coded.slack(float(coded.errors.max(initial=0)))
    found: dict[int, Links] = {}

    def link(start: int) -> None:
        found[start] = _links_of(vectors, coded, start, floors, min_cosine)

    starts = range(0, len(vectors), _BLOCK)
    with closing(Cores()) as cores:
        cores.share(link, starts)
    if not found:
        return Links(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32))
    return Links(
        np.concatenate([found[start].rows for start in starts]),
        np.concatenate([found[start].cols for start in starts]),
        np.concatenate([found[start].cosines for start in starts]),
    )


def dbscan(count: int, links: Links, *, min_samples: int, may_seed: Mask | None = None) -> Int64:
    """The group (n,) of each of `count` faces, numbered from 0 by their first core; NOISE where none.

    Faces that may not seed (n,) count for no neighbour and are never cores, but may join a group. The
    links must hold every pair within the radius. O(m) time.
    """
    return group(count, links, min_samples=min_samples, may_seed=may_seed)


def group(
    count: int,
    links: Links,
    *,
    min_samples: int,
    may_seed: Mask | None = None,
    rules: Rules | None = None,
) -> Int64:
    """`dbscan` under `rules`; the same faces and links give the same groups in the same order.

    O(m log m) to sort the links, then O(n d) for the merges and O(d + photos of the smaller group) for
    each refusal. Faces that a human put together are a group even where no core is among them.
    """
    is_core = _cores(count, links, min_samples, may_seed)
    core_ends = is_core[links.rows].astype(np.int8) + is_core[links.cols]
    inner, outer = links.pick(core_ends == 2), links.pick(core_ends == 1)
    if rules is None or rules.is_empty:
        graph = coo_array((np.ones(len(inner), np.int8), (inner.rows, inner.cols)), shape=(count, count))
        roots = connected_components(graph, directed=False)[1].astype(np.int64)
        return _labels(_with_borders(roots, outer, is_core), is_core)
    forest = Forest(count, rules)
    for first, second in rules.must.tolist():
        forest.force(first, second)
    _join_cores(forest, inner)
    _join_borders(forest, outer, is_core)
    return _labels(forest.roots(), is_core)


def reach(index: VectorIndex, scope: Scope, vectors: Float32, min_cosine: float, limit: int) -> Int64:
    """The faces in scope linked to `vectors` (q, d), directly or through others, by ascending id.

    Grouping these again, after faces were added, gives what grouping everybody would: DBSCAN groups never
    reach beyond a connected part of the graph. Goes ring by ring and stops after the ring in which there
    are `limit` faces or more; what is linked only through later rings is then left out.
    """
    known = np.zeros(0, np.int64)
    while len(vectors) and len(known) < limit:
        near = [found.face_ids for found in index.within(vectors, scope, min_cosine)]
        fresh = np.setdiff1d(np.concatenate(near), known)
        known = np.union1d(known, fresh)
        vectors = index.entries(fresh).vectors
    return known


def _links_of(vectors: Float32, coded: Codes, start: int, floors: Float32, min_cosine: float) -> Links:
    """The links of one block of rows to themselves and all later ones."""
    block = coded.pick(slice(start, start + _BLOCK))
    rows: list[NDArray[np.int32]] = []
    cols: list[NDArray[np.int32]] = []
    for first in range(start, len(vectors), _PIECE):
        scores = compare(block, coded.pick(slice(first, first + _PIECE)))
        near = np.flatnonzero(scores >= floors[start : start + _BLOCK, None])
        row, col = np.divmod(near, scores.shape[1])
        later = row + start < col + first
        rows.append((row[later] + start).astype(np.int32))
        cols.append((col[later] + first).astype(np.int32))
    row, col = np.concatenate(rows), np.concatenate(cols)
    cosines = _pair_cosines(vectors, row, col)
    order = np.lexsort((col, row))
    return Links(row, col, cosines).pick(order[cosines[order] >= np.float32(min_cosine)])


def _pair_cosines(vectors: Float32, rows: NDArray[np.int32], cols: NDArray[np.int32]) -> Float32:
    cosines = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), _PAIRS):
        some = slice(start, start + _PAIRS)
        left, right = vectors[rows[some]], vectors[cols[some]]
        cosines[some] = np.einsum("ij,ij->i", left, right)
    return np.clip(cosines, -1, 1)


def _cores(count: int, links: Links, min_samples: int, may_seed: Mask | None) -> Mask:
    trusted = np.ones(count, np.bool_) if may_seed is None else may_seed
    near = np.bincount(links.rows, trusted[links.cols], minlength=count)
    near += np.bincount(links.cols, trusted[links.rows], minlength=count)
    return trusted & (near + 1 >= min_samples)


def _falling(links: Links) -> Iterator[Links]:
    """The links from the nearest pair down, in batches that grow."""
    order = np.argsort(-links.cosines, kind="stable")
    start, size = 0, _FIRST_LINKS
    while start < len(order):
        yield links.pick(order[start : start + size])
        start, size = start + size, 2 * size


def _join_cores(forest: Forest, links: Links) -> None:
    for batch in _falling(links):
        roots = forest.roots()
        apart = batch.pick(roots[batch.rows] != roots[batch.cols])  # most links are within a group by now
        for first, second in zip(apart.rows.tolist(), apart.cols.tolist(), strict=True):
            forest.join(first, second)


def _join_borders(forest: Forest, links: Links, is_core: Mask) -> None:
    """Each face that is no core goes with its nearest core that no rule forbids."""
    has_core = np.zeros(len(is_core), np.bool_)
    has_core[forest.roots()[is_core]] = True
    for batch in _falling(links):
        borders = np.where(is_core[batch.rows], batch.cols, batch.rows)
        waiting = ~has_core[forest.roots()[borders]]
        cores = np.where(is_core[batch.rows], batch.rows, batch.cols)
        for border, core in zip(borders[waiting].tolist(), cores[waiting].tolist(), strict=True):
            if not has_core[forest.find(border)] and forest.join(border, core):
                has_core[forest.find(border)] = True


def _with_borders(roots: Int64, links: Links, is_core: Mask) -> Int64:
    """Each face that is no core gets the root of its nearest core, the first of equals."""
    borders = np.where(is_core[links.rows], links.cols, links.rows)
    cores = np.where(is_core[links.rows], links.rows, links.cols)
    order = np.lexsort((cores, -links.cosines, borders))
    border, first = np.unique(borders[order], return_index=True)
    joined = roots.copy()
    joined[border] = roots[cores[order[first]]]
    return joined


def _labels(roots: Int64, is_core: Mask) -> Int64:
    """Numbers for the groups by their first core; a set without one counts if it has two faces."""
    _, which, sizes = np.unique(roots, return_inverse=True, return_counts=True)
    faces = np.arange(len(roots))
    first = np.full(len(sizes), len(roots))
    np.minimum.at(first, which, np.where(is_core | (sizes[which] > 1), faces, len(roots)))
    first_core = np.full(len(sizes), len(roots))
    np.minimum.at(first_core, which[is_core], faces[is_core])
    first = np.where(first_core < len(roots), first_core, first)
    numbers = np.full(len(sizes), NOISE)
    groups = np.flatnonzero(first < len(roots))
    numbers[groups[np.argsort(first[groups], kind="stable")]] = np.arange(len(groups))
    return numbers[which].astype(np.int64)
