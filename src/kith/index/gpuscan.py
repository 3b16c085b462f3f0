"""The scan of codes on a GPU: one pass over the rows for all queries, of which only the best of blocks stay.

The k best rows lie in the k blocks with the best maxima at most, so nothing else of a scan need be kept. With
int8 products on the matrix units a pass takes as long as the memory takes to deliver the codes.
"""

from typing import Any

import torch
import triton
import triton.language as tl

BLOCK = 128  # rows
STEP = 128  # components; codes are padded to whole steps
_LEAST = 16  # columns a product on the matrix units has at least
_MOST = 128


def block_maxima(codes: Any, scales: Any, queries: Any, count: int) -> Any:
    """The best score (q, ceil(count / BLOCK)), product times scale, of each block of rows 0..count-1.

    `codes` (n, d) and `queries` (q, d) are int8, `scales` (n,) float32; n is a multiple of BLOCK, d of STEP.
    """
    blocks = -(-count // BLOCK)
    columns = min(_MOST, max(_LEAST, triton.next_power_of_2(len(queries))))
    groups = -(-len(queries) // columns)
    padded = torch.zeros((groups * columns, codes.shape[1]), dtype=torch.int8, device=codes.device)
    padded[: len(queries)] = queries
    maxima = torch.empty((blocks, groups * columns), dtype=torch.float32, device=codes.device)
    if blocks:
        _scan[(blocks * groups,)](
            codes, scales, padded, maxima, count, codes.shape[1], groups, BLOCK, STEP, columns,
            num_warps=4, num_stages=3,
        )  # fmt: skip
    return maxima[:, : len(queries)].T.contiguous()


@triton.jit
def _scan(  # noqa: ANN202, PLR0913, PLR0917  # a kernel has its own types, and no objects to pass
    codes, scales, queries, maxima, count,  # noqa: ANN001  # as above
    dimension: tl.constexpr, groups: tl.constexpr, block: tl.constexpr, step: tl.constexpr,
    columns: tl.constexpr,
):  # fmt: skip
    # Groups of queries that scan the same block follow one another, so that its codes are still in the cache.
    number = (tl.program_id(0) // groups).to(tl.int64)
    rows = number * block + tl.arange(0, block)
    which = (tl.program_id(0) % groups) * columns + tl.arange(0, columns)
    parts = tl.arange(0, step)
    products = tl.zeros((block, columns), tl.int32)
    for start in range(0, dimension, step):
        some = tl.load(codes + rows[:, None] * dimension + (start + parts)[None, :])
        asked = tl.load(queries + which[None, :] * dimension + (start + parts)[:, None])
        products = tl.dot(some, asked, products, out_dtype=tl.int32)
    scores = products.to(tl.float32) * tl.load(scales + rows)[:, None]
    scores = tl.where((rows < count)[:, None], scores, float("-inf"))
    tl.store(maxima + number * (groups * columns) + which, tl.max(scores, axis=0))
