"""What a GPU gives: the exact search of many vectors, and the networks in batches.

    python bench/gpu.py [--rows 10000000] [--dimension 512] [--networks FILE.onnx ...] [--json]

Search: the vectors have the statistics of real embeddings (bench/data.py, drawn on the GPU), the queries are
further pictures of some of the people. `scan` is Kith's pass over the codes alone; `index` is the answer of
the index, through the Protocol all indexes share: the five nearest with their exact cosines. Beside them
plain PyTorch: a matrix product in float16, or in int8 (which takes batches only), alone or with its top five.
`share` is the bytes of the stored vectors, read once, over the time, as part of what the memory delivers when
a large tensor is summed. Networks are run by PyTorch on the same weights; `one ms` is the time of a picture
in the batch. Medians, by the device's own clock where only it works. Needs an NVIDIA GPU, the extra `gpu`,
and for networks the package onnx2torch.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import torch

from bench.data import STRAY, axes
from bench.report import Row, parser_for, show
from kith.engine.graph import PixelFormat, accept_pixels, read_network
from kith.index import gpuscan
from kith.index.base import Scope
from kith.index.codes import Codes, encode
from kith.index.gpu import Gpu
from kith.index.memory import MemoryIndex
from kith.index.rows import Rows
from kith.index.storage import Folder, Saved, Stored

TOP = 5
BATCHES = (1, 32, 256)
_CHUNK = 1 << 19
_PIECE = 1 << 20  # rows PyTorch has products of at a time
_PIXELS = 80_000_000  # a batch has at most


def median_ms(work: Callable[[], object], repeat: int = 20) -> float:
    """Of the device's clock, after a warm-up."""
    for _ in range(3):
        work()
    took: list[float] = []
    for _ in range(repeat):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        work()
        end.record()
        torch.cuda.synchronize()
        took.append(begin.elapsed_time(end))
    return statistics.median(took)


def median_wall_ms(work: Callable[[], object], repeat: int = 10) -> float:
    """Of the host's clock, for what works on both."""
    work()
    took: list[float] = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


def read_gb_s() -> float:
    """What the memory delivers when 8 GB are summed."""
    large = torch.ones(1 << 31, dtype=torch.float32, device="cuda")
    return large.nbytes / 1e6 / median_ms(large.sum)


class Drawn:
    """Vectors (n, d) as bench/data.py makes them, a chunk at a time: float32 and codes on the host."""

    def __init__(self, rows: int, dimension: int, seed: int = 0) -> None:
        torch.manual_seed(seed)
        between, within = axes(dimension, np.random.default_rng(seed))
        self._within = torch.from_numpy(within).cuda()
        people = max(1, rows // 10)
        self._centres = torch.randn(people, dimension, device="cuda") * torch.from_numpy(between).cuda()
        self.vectors = np.empty((rows, dimension), np.float32)
        codes, scales = np.empty((rows, dimension), np.int8), np.empty(rows, np.float32)
        self.persons = np.empty(rows, np.int64)
        error = 0.0
        for start in range(0, rows, _CHUNK):
            who = torch.randint(people, (min(_CHUNK, rows - start),), device="cuda")
            here = slice(start, start + len(who))
            vectors = self.pictures(who)
            scale = vectors.abs().amax(1) / 127
            code = (vectors / scale[:, None]).round()
            error = max(error, float((vectors - code * scale[:, None]).norm(dim=1).max()))
            self.vectors[here], self.persons[here] = vectors.cpu().numpy(), who.cpu().numpy() + 1
            codes[here], scales[here] = code.to(torch.int8).cpu().numpy(), scale.cpu().numpy()
        self.codes = Codes(codes, scales, np.full(1, error * 1.001, np.float32))
        self.queries = self.pictures(torch.randint(people, (max(BATCHES),), device="cuda")).cpu().numpy()

    def pictures(self, who: Any) -> Any:
        """A further picture of each of these people, unit vectors (n, d) on the device."""
        stray = torch.exp(torch.randn(len(who), 1, device="cuda") * STRAY - STRAY * STRAY)
        noise = torch.randn(len(who), self._within.shape[0], device="cuda") * self._within
        return torch.nn.functional.normalize(self._centres[who] + stray * noise)


def searches(rows: int, dimension: int) -> Iterator[Row]:
    """A line for each way to search and each size of batch."""
    bandwidth = read_gb_s()
    drawn = Drawn(rows, dimension)
    nearest = [set(one) for one in top_of_float32(drawn)]

    def line(way: str, batch: int, ms: float, size: int, found: Sequence[set[int]] | None) -> Row:
        recall = (
            ""
            if found is None
            else sum(len(a & b) for a, b in zip(found, nearest, strict=False)) / (TOP * len(found))
        )
        share = rows * dimension * size / 1e6 / ms / bandwidth
        return {
            "search": way, "batch": batch, "share": round(share, 3), "ms": ms, "ms a query": ms / batch,
            "recall": recall,
        }  # fmt: skip

    yield {
        "search": "memory: sum of 8 GB, GB/s", "batch": "", "share": 1.0, "ms": bandwidth, "ms a query": "",
        "recall": "",
    }  # fmt: skip
    yield from kith_lines(drawn, line)
    torch.cuda.empty_cache()
    yield from plain_lines(drawn, line)


def top_of_float32(drawn: Drawn) -> list[list[int]]:
    """The rows of the true nearest, from a float32 scan by pieces."""
    queries = torch.from_numpy(drawn.queries).cuda()
    best = torch.full((len(queries), TOP), -2.0, device="cuda")
    at = torch.zeros((len(queries), TOP), dtype=torch.int64, device="cuda")
    for start in range(0, len(drawn.vectors), _CHUNK):
        piece = torch.from_numpy(drawn.vectors[start : start + _CHUNK]).cuda()
        found = (queries @ piece.T).topk(TOP, dim=1)
        both = torch.cat([best, found.values], 1).topk(TOP, dim=1)
        at = torch.cat([at, found.indices + start], 1).gather(1, both.indices)
        best = both.values
    return at.cpu().tolist()


def kith_lines(drawn: Drawn, line: Callable[..., Row]) -> Iterator[Row]:
    rows, dimension = drawn.vectors.shape
    with TemporaryDirectory() as folder:
        kept = Rows(np.arange(rows, dtype=np.int64), drawn.persons, drawn.vectors, drawn.codes)
        Folder(Path(folder), dimension, "").save(Saved([Stored(1, 1, kept)], None, 1))
        for device, batches in (("cuda", BATCHES), ("cpu", BATCHES[:2])):
            index = MemoryIndex(dimension, Path(folder), device=device)
            index.settle()
            for batch in batches:
                yield from index_lines(index, device, drawn.queries[:batch], line)
            index.close()
    mirror = Gpu().mirror(Rows(np.arange(rows), drawn.persons, drawn.vectors, drawn.codes).codes)
    mirror.scan(encode(drawn.queries[:1]), 1)
    for batch in BATCHES:
        queries = torch.from_numpy(encode(drawn.queries[:batch]).codes).cuda()
        ms = median_ms(partial(gpuscan.block_maxima, mirror.codes, mirror.scales, queries, rows))
        yield line("Kith: scan of int8 codes", batch, ms, 1, None)


def index_lines(
    index: MemoryIndex, device: str, queries: np.ndarray, line: Callable[..., Row]
) -> Iterator[Row]:
    everybody = Scope(tenant=1)
    repeat = 10 if device == "cuda" else 3
    found = [set(one.face_ids.tolist()) for one in index.search(queries, everybody, TOP)]
    ms = median_wall_ms(partial(index.search, queries, everybody, TOP), repeat)
    yield line(f"Kith: index on {device}, faces", len(queries), ms, 1, found)
    ms = median_wall_ms(partial(index.search_persons, queries, everybody, TOP), repeat)
    yield line(f"Kith: index on {device}, persons", len(queries), ms, 1, None)


def plain_lines(drawn: Drawn, line: Callable[..., Row]) -> Iterator[Row]:
    """What PyTorch does without anything of Kith's."""
    rows, dimension = drawn.vectors.shape
    halves = torch.empty((rows, dimension), dtype=torch.float16, device="cuda")
    for start in range(0, rows, _CHUNK):
        halves[start : start + _CHUNK] = torch.from_numpy(drawn.vectors[start : start + _CHUNK]).cuda()
    for batch in BATCHES:
        queries = torch.from_numpy(drawn.queries[:batch]).cuda().half()
        pieces = [piece.T for piece in halves.split(_PIECE)]
        product = partial(_each, partial(torch.matmul, queries), pieces)
        yield line("PyTorch float16: product alone", batch, median_ms(product), 2, None)
        yield top_line("PyTorch float16: with top five", batch, product, 2, line)
    del halves, pieces, product
    torch.cuda.empty_cache()
    codes, scales = torch.from_numpy(drawn.codes.codes).cuda(), torch.from_numpy(drawn.codes.scales).cuda()
    for batch in BATCHES[1:]:
        queries = torch.from_numpy(encode(drawn.queries[:batch]).codes).cuda()
        pieces = [
            (piece.T, some) for piece, some in zip(codes.split(_PIECE), scales.split(_PIECE), strict=True)
        ]
        product = partial(_each, partial(_int8_scores, queries), pieces)
        yield line("PyTorch int8: product alone", batch, median_ms(product), 1, None)
        yield top_line("PyTorch int8: with top five", batch, product, 1, line)


def _each(score: Callable[[Any], Any], pieces: Sequence[Any]) -> list[Any]:
    return [score(piece) for piece in pieces]


def _int8_scores(queries: Any, piece: tuple[Any, Any]) -> Any:
    codes, scales = piece
    return torch._int_mm(queries, codes) * scales  # noqa: SLF001  # the one int8 product PyTorch has


def top_line(
    way: str, batch: int, product: Callable[[], list[Any]], size: int, line: Callable[..., Row]
) -> Row:
    def top() -> Any:
        """The rows (q, 5) of the best scores, a million rows at a time."""
        best = [scores.topk(TOP, dim=1) for scores in product()]
        chosen = torch.cat([it.values for it in best], 1).topk(TOP, dim=1).indices
        rows = [it.indices + number * _PIECE for number, it in enumerate(best)]
        return torch.cat(rows, 1).gather(1, chosen)

    found = [set(one) for one in top().cpu().tolist()]
    return line(way, batch, median_ms(top, 5), size, found)


def networks(files: Sequence[Path]) -> Iterator[Row]:
    """A line for each network, precision and size of batch."""
    from onnx2torch import convert  # noqa: PLC0415  # only who measures networks needs it

    for file in files:
        model = onnx.load(file)
        shape = model.graph.input[0].type.tensor_type.shape.dim
        if shape[1].dim_value == 3:  # as published; Kith's networks take pixels as they are
            model = read_network(accept_pixels(file.read_bytes(), PixelFormat()))
        is_uint8 = model.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.UINT8
        network = convert(model).eval().cuda().to(memory_format=torch.channels_last)
        height, width = SIZES[file.stem]
        for precision in (torch.float32, torch.float16):
            for batch in BATCHES:
                if batch * height * width > _PIXELS:
                    continue
                pixels = torch.randint(0, 256, (batch, height, width, 3), device="cuda", dtype=torch.uint8)
                pixels = pixels if is_uint8 else pixels.float()
                half = torch.autocast("cuda", torch.float16, enabled=precision is torch.float16)
                with torch.inference_mode(), half:
                    ms = median_ms(partial(network, pixels))
                yield {
                    "network": file.stem, "pixels": f"{width}x{height}", "batch": batch,
                    "precision": str(precision).removeprefix("torch."), "a second": round(1000 * batch / ms),
                    "one ms": ms / batch, "ms": ms,
                }  # fmt: skip


SIZES = {
    "mobilefacenet": (112, 112), "face_detection_yunet_2023mar": (640, 640), "dlib-resnet": (150, 150),
    "dlib-mmod": (960, 1280),
}  # fmt: skip


def main() -> None:
    parser = parser_for(__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--networks", type=Path, nargs="*", default=[], metavar="FILE.onnx")
    options = parser.parse_args()
    card = torch.cuda.get_device_name()
    tables: dict[str, Sequence[Row]] = {}
    if options.networks:
        tables[f"Networks, {card}"] = list(networks(options.networks))
    if options.rows:
        title = f"Nearest {TOP} of {options.rows:,} vectors, {options.dimension} dimensions, {card}"
        tables[title] = list(searches(options.rows, options.dimension))
    show(tables, as_json=options.json)


if __name__ == "__main__":
    main()
