"""Codes in the memory of a GPU, where ten million faces are scanned in a millisecond or two.

Only the codes lie there, a quarter of the vectors: what may belong in an answer is compared by the host, as
always, so the answers are those of an exact scan. Needs PyTorch with CUDA, the extra `gpu`.
"""

from collections.abc import Sequence
from importlib import import_module
from threading import Lock
from typing import Any

import numpy as np

from kith.index.base import Float32
from kith.index.codes import Codes
from kith.index.errors import IndexUnavailable
from kith.index.ranking import HostScores, Numbers, Scores
from kith.index.rows import CodeRows

_CHUNK = 1 << 18  # rows sent, or looked through for a query, at a time
_SPARE = 16  # a part of the rows, for which there is room ahead


class Gpu:
    """The CUDA device that PyTorch takes by default. Raises IndexUnavailable where there is none."""

    def __init__(self) -> None:
        try:
            self.torch: Any = import_module("torch")
            self.scan: Any = import_module("kith.index.gpuscan")
        except ImportError as error:
            raise IndexUnavailable(f"an index on a GPU needs kith[gpu]: {error}") from error
        if not self.torch.cuda.is_available():
            raise IndexUnavailable("an index on a GPU needs a CUDA device, and PyTorch sees none")
        self.device = "cuda"

    def mirror(self, codes: CodeRows) -> "GpuCodes":
        """Have these codes scanned here from now on."""
        mirror = GpuCodes(self, codes)
        codes.mirror = mirror
        return mirror


class GpuCodes:
    """A mirror of the codes of one segment; changes are sent before the next scan, all at once."""

    def __init__(self, gpu: Gpu, codes: CodeRows) -> None:
        self._torch, self._scan, self._device = gpu.torch, gpu.scan, gpu.device
        self._source = codes
        self._lock = Lock()
        self._count = 0
        self._stale: list[Numbers] = [np.arange(len(codes))]
        self._width = -(-codes.dimension // self._scan.STEP) * self._scan.STEP
        self.codes: Any = self._zeros((0, self._width), self._torch.int8)
        self.scales: Any = self._zeros((0,), self._torch.float32)

    def touch(self, rows: Numbers) -> None:
        self._stale.append(rows)

    def truncate(self, count: int) -> None:
        self.codes[count:] = 0
        self.scales[count:] = 0
        self._count = min(self._count, count)

    def scan(self, queries: Codes, ahead: int) -> Sequence[Scores]:
        """See `Mirror`. Costs one pass over the codes for all queries, and little more for each.

        Raises IndexUnavailable where the device has too little memory.
        """
        try:
            return self._scanned(queries, ahead)
        except self._torch.cuda.OutOfMemoryError as error:
            raise IndexUnavailable(f"the memory of the GPU does not suffice: {error}") from error

    def _scanned(self, queries: Codes, ahead: int) -> list[Scores]:
        with self._lock:
            self._make_room(len(self._source))
            if self._stale:
                self._send(np.unique(np.concatenate(self._stale)))
                self._stale = []
        padded = np.zeros((len(queries), self._width), np.int8)
        padded[:, : queries.codes.shape[1]] = queries.codes
        on_gpu = self._sent(padded)
        maxima = self._scan.block_maxima(self.codes, self.scales, on_gpu, self._count)
        ahead = min(ahead, _CHUNK // self._scan.BLOCK, maxima.shape[1])
        group = max(1, _CHUNK // (ahead * self._scan.BLOCK))
        return [
            scores
            for start in range(0, len(queries), group)
            for scores in self._look(
                maxima[start : start + group], on_gpu[start : start + group],
                queries.scales[start : start + group], ahead,
            )
        ]  # fmt: skip

    def _look(self, maxima: Any, queries: Any, scales: Float32, ahead: int) -> list["GpuScores"]:
        """The scores of some queries, the rows of their best blocks fetched for all of them together."""
        best = maxima.topk(ahead, dim=1)
        which, rows, scored = self._rescored(queries, best.indices, best.values[:, -1:])
        bounds = np.searchsorted(which, np.arange(len(queries) + 1))
        tops = best.values.cpu().numpy()
        found: list[GpuScores] = []
        for at, scale in enumerate(scales):
            here = slice(bounds[at], bounds[at + 1])
            fetched = (rows[here], scored[here])
            found.append(GpuScores(self, maxima[at], queries[at : at + 1], scale, tops[at], fetched))
        return found

    def rescored(self, query: Any, maxima: Any, floor: float) -> tuple[Numbers, Float32]:
        """The rows of one query (1, d) that reach `floor`, out of the blocks that do, and what they score."""
        blocks = (maxima >= floor).nonzero().reshape(1, -1)
        floors = self._torch.full((1, 1), floor, device=self._device)
        parts = [
            self._rescored(query, some, floors)[1:]
            for some in blocks.split(_CHUNK // self._scan.BLOCK, dim=1)
        ]
        rows, scored = (np.concatenate(part) for part in zip(*parts, strict=True))
        return rows, scored

    def _rescored(self, queries: Any, blocks: Any, floors: Any) -> tuple[Numbers, Numbers, Float32]:
        """Of the rows of blocks (q, b): query, row and score of those that reach the floors (q, 1)."""
        torch = self._torch
        rows = (
            blocks[:, :, None] * self._scan.BLOCK + torch.arange(self._scan.BLOCK, device=self._device)
        ).flatten(1)
        # Products of int8 and their sums fit float32 without rounding up to 1,040 dimensions.
        products = torch.bmm(self.codes[rows].float(), queries.float()[:, :, None])[:, :, 0]
        scores = products * self.scales[rows]
        reached = ((scores >= floors) & (rows < self._count)).nonzero()
        which, at = reached[:, 0], reached[:, 1]
        asked, found, scored = (it.cpu().numpy() for it in (which, rows[which, at], scores[which, at]))
        order = np.lexsort((found, asked))
        return asked[order], found[order], scored[order]

    def _send(self, rows: Numbers) -> None:
        self._count = len(self._source)
        rows = rows[rows < self._count]
        for start in range(0, len(rows), _CHUNK):
            some = rows[start : start + _CHUNK]
            codes, scales = self._source.pick(some)
            at = self._sent(some)
            self.codes[at, : codes.shape[1]] = self._sent(codes)
            self.scales[at] = self._sent(scales)

    def _make_room(self, count: int) -> None:
        """Room for `count` rows in whole blocks, and for a few more.

        What grows is sent anew: with the old beside the new the device would need twice the memory.
        """
        if count <= len(self.scales):
            return
        rows = -(-(count + count // _SPARE) // self._scan.BLOCK) * self._scan.BLOCK
        self.codes = self.scales = self._zeros((0,), self._torch.float32)
        self._stale = [np.arange(count)]
        self.codes = self._zeros((rows, self._width), self._torch.int8)
        self.scales = self._zeros((rows,), self._torch.float32)

    def _zeros(self, shape: tuple[int, ...], kind: Any) -> Any:
        return self._torch.zeros(shape, dtype=kind, device=self._device)

    def _sent(self, array: np.ndarray[Any, Any]) -> Any:
        return self._torch.from_numpy(np.ascontiguousarray(array)).to(self._device)


class GpuScores:
    """What all rows score for one query: the maxima of blocks, and the rows of the best of them.

    Scores on the device lack the factor of the query's scale; those given and taken here have it.
    """

    def __init__(
        self, codes: GpuCodes, maxima: Any, query: Any, scale: np.float32, best: Float32,
        fetched: tuple[Numbers, Float32],
    ) -> None:  # fmt: skip
        self._codes, self._maxima, self._query = codes, maxima, query
        self._scale = float(scale)
        self._best = best
        self._rows, self._scored = fetched

    def last_of_best(self, count: int) -> float:
        if count <= len(self._best):
            return float(self._best[count - 1]) * self._scale
        if count <= len(self._maxima):
            return float(self._maxima.topk(count).values[-1]) * self._scale
        every = self._codes.rescored(self._query, self._maxima, float("-inf"))[1]
        return HostScores(every).last_of_best(count) * self._scale

    def reaching(self, floor: float) -> tuple[Numbers, Float32]:
        raw = floor / self._scale
        rows, scored = self._rows, self._scored
        if raw <= self._best[-1]:  # what is equal may lie in other blocks, too
            rows, scored = self._codes.rescored(self._query, self._maxima, raw)
        reached = scored >= raw
        return rows[reached], scored[reached] * np.float32(self._scale)
