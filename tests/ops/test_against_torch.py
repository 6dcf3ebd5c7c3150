"""Every cell of every method against PyTorch: stored results, and PyTorch itself if installed.

The rule of comparison stands in `oracle.differing`. Of some 330,000 cells compared, a handful were
outside 1e-12 of PyTorch's number when this was written: there the terms cancel to 1e-4 of their
size or less. No cell was further off than 5e-16 of the sum of its terms' magnitudes.
"""

from __future__ import annotations

import functools
import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from conv import Geometry

from ..pads import pads_of
from .grid import GRID, UNEVEN, Case, checksum, tensors, uniform
from .methods import METHODS, run
from .oracle import convolution, differing, magnitudes

STORED = {"torch_grid.npz": GRID, "torch_uneven.npz": UNEVEN}
CASES = (*GRID, *UNEVEN)
SEEDS = (*range(len(GRID)), *range(len(UNEVEN)))
CHUNK = 478
CHUNKS = [range(start, min(start + CHUNK, len(CASES))) for start in range(0, len(CASES), CHUNK)]
ORACLE = ("out", "dw", "dx", "db")


def extent(case):
    return tuple(d * (k - 1) + 1 for d, k in zip(case.dilation, case.weight_size[2:], strict=True))


def padded(case):
    sides = zip(case.input_size[2:], pads_of(case.padding), strict=True)
    return tuple(size + sum(pads) for size, pads in sides)


def leftover(case):
    sides = zip(padded(case), extent(case), case.stride, strict=True)
    return tuple((size - cover) % stride for size, cover, stride in sides)


FEATURES = {
    **{
        f"stride {stride}": lambda case, stride=stride: case.stride == stride
        for stride in itertools.product((1, 2, 3, 4), repeat=2)
    },
    "padding 0": lambda case: case.padding == (0, 0),
    "padding beyond K - 1": lambda case: all(
        max(pads) > cover - 1
        for pads, cover in zip(pads_of(case.padding), extent(case), strict=True)
    ),
    "dilated rows and columns": lambda case: min(case.dilation) > 1 and min(extent(case)) > 1,
    "rectangular input": lambda case: case.input_size[2] != case.input_size[3],
    "rectangular kernel": lambda case: case.weight_size[2] != case.weight_size[3],
    "rows and columns left over": lambda case: all(leftover(case)),
    "stride beyond the kernel": lambda case: all(
        stride > cover for stride, cover in zip(case.stride, extent(case), strict=True)
    ),
    "1x1 kernel": lambda case: case.weight_size[2:] == (1, 1),
    "kernel as large as the padded input": lambda case: extent(case) == padded(case),
    "the notebook's": lambda case: (
        (case.weight_size[2:], case.stride, case.padding, case.dilation)
        == ((3, 3), (1, 1), (1, 1), (1, 1))
    ),
    "grouped": lambda case: 1 < case.groups < case.input_size[1],
    "depthwise": lambda case: 1 < case.groups == case.input_size[1] == case.weight_size[0],
    "depthwise, two filters a channel": lambda case: (
        1 < case.groups == case.input_size[1] < case.weight_size[0]
    ),
    "N = 1": lambda case: case.input_size[0] == 1,
    "N > 1": lambda case: case.input_size[0] > 1,
    "C = 1": lambda case: case.input_size[1] == 1,
    "F = 1": lambda case: case.weight_size[0] == 1,
}


OF_PADS = {
    "more before": lambda case: all(a > b for a, b in pads_of(case.padding)),
    "more behind": lambda case: all(a < b for a, b in pads_of(case.padding)),
    "one of each": lambda case: math.prod(a - b for a, b in pads_of(case.padding)) < 0,
    "none before": lambda case: all(a == 0 for a, _ in pads_of(case.padding)),
    "none behind": lambda case: all(b == 0 for _, b in pads_of(case.padding)),
}
SHARED = (
    *("stride (1, 1)", "stride (2, 3)", "stride beyond the kernel", "rows and columns left over"),
    *("padding beyond K - 1", "dilated rows and columns", "grouped", "depthwise", "N > 1"),
)


@functools.cache
def stored():
    """PyTorch's results, one dict of arrays for each of CASES."""
    results, checksums = [], []
    for file, cases in STORED.items():
        found = [{} for _ in cases]
        with np.load(Path(__file__).parent / "fixtures" / file) as archive:
            for name in ORACLE:
                sizes = [case.result_sizes[name] for case in cases]
                ends = np.cumsum([math.prod(size) for size in sizes])
                pieces = np.split(archive[name], ends)
                assert not pieces.pop().size, f"{name} was stored for another grid"
                for result, size, piece in zip(found, sizes, pieces, strict=True):
                    result[name] = piece.reshape(size)
            checksums += archive["checksums"].tolist()
        results += found
    return results, checksums


def test_the_stored_results_are_those_of_this_grid():
    _, checksums = stored()
    others = [
        (seed, case)
        for seed, case, expected in zip(SEEDS, CASES, checksums, strict=True)
        if checksum(case, seed) != expected
    ]
    assert not others, f"{len(others)} cases have other data than when stored, first {others[0]}"


def test_the_grid_has_at_least_1500_geometries():
    assert len(set(GRID)) == len(GRID) >= 1500
    assert len(set(UNEVEN)) == len(UNEVEN) >= 400


@pytest.mark.parametrize("feature", FEATURES)
def test_the_grid_has_every_feature(feature):
    assert sum(map(FEATURES[feature], GRID)) >= 7


@pytest.mark.parametrize("feature", [*OF_PADS, *SHARED])
def test_the_uneven_grid_has_it_too(feature):
    has = FEATURES[feature] if feature in SHARED else OF_PADS[feature]
    assert sum(map(has, UNEVEN)) >= 7


def test_sizes_that_follow_from_the_geometry():
    for case in CASES:
        geometry = Geometry(case.input_size, case.weight_size, **case.parameters)
        assert geometry.output_size == case.output_size
        assert geometry.extent == extent(case)
        assert geometry.padded_size == padded(case)
        assert geometry.leftover == leftover(case)
        assert geometry.pads == pads_of(case.padding)
        assert geometry.origin == (geometry.pads[0][0], geometry.pads[1][0])


def assert_as_stored(result, method, at_all):
    """Fails with the geometries, the cells and both numbers where a method differs."""
    __tracebackhide__ = True
    results, _ = stored()
    faults = []
    for at in at_all:
        case, seed, expected = CASES[at], SEEDS[at], results[at][result]
        data = tensors(case, seed)
        actual = run(result, method, *data, **case.parameters)
        cells = differing(actual, expected, 0)
        if cells and actual.shape == expected.shape:
            cells = differing(actual, expected, magnitudes(*data, **case.parameters)[result])
        if cells:
            faults.append(f"{case} (seed {seed}): {len(cells)} cells differ; {cells[0]}")
    assert not faults, f"{len(faults)} of {len(at_all)} cases differ:\n" + "\n".join(faults[:5])


@pytest.mark.parametrize("chunk", CHUNKS, ids=str)
@pytest.mark.parametrize(("result", "method"), METHODS)
def test_method(result, method, chunk):
    assert_as_stored(result, method, chunk)


BLOCKS = (1, 300, 1000, 3000)


@pytest.mark.parametrize("block_bytes", BLOCKS)
@pytest.mark.parametrize("result", ["out", "dw", "dx"])
def test_gemm_in_many_blocks(monkeypatch, result, block_bytes):
    """The blocks that large tensors are cut into, on the small ones of the grid."""
    monkeypatch.setattr("conv.ops.im2col.BLOCK_BYTES", block_bytes)
    assert_as_stored(result, "gemm", range(BLOCKS.index(block_bytes), len(CASES), len(BLOCKS)))


@pytest.mark.parametrize("chunk", CHUNKS, ids=str)
def test_oracle(chunk):
    results, _ = stored()
    for at in chunk:
        case, seed = CASES[at], SEEDS[at]
        data = tensors(case, seed)
        loops = convolution(*data, **case.parameters)
        magnitude = magnitudes(*data, **case.parameters)
        for name in ORACLE:
            cells = differing(loops[name], results[at][name], magnitude[name])
            assert not cells, f"{name} of {case} (seed {seed}): {cells[0]}"


@pytest.mark.parametrize(("result", "method"), METHODS)
def test_float32(result, method):
    results, _ = stored()
    for at in range(0, len(CASES), 7):
        case, seed, expected = CASES[at], SEEDS[at], results[at][result]
        data = tensors(case, seed)
        actual = run(result, method, *(t.astype(np.float32) for t in data), **case.parameters)
        assert actual.dtype == np.float32
        magnitude = magnitudes(*data, **case.parameters)[result]
        cells = differing(actual, expected, magnitude, relative=0, rounding=1e-6)
        assert not cells, f"{case} (seed {seed}): {cells[0]}"


NOTEBOOK = Case((10, 32, 14, 14), (16, 32, 3, 3), (1, 1), (1, 1), (1, 1), 1)
LARGER = (
    NOTEBOOK,
    Case((2, 3, 32, 27), (8, 3, 7, 5), (2, 3), (3, 1), (1, 1), 1),
    Case((3, 16, 13, 11), (16, 1, 3, 3), (1, 2), (2, 2), (2, 2), 16),
    Case((2, 12, 10, 17), (18, 4, 4, 2), (3, 1), (0, 5), (1, 3), 3),
    Case((4, 20, 9, 9), (30, 20, 1, 1), (2, 2), (0, 0), (1, 1), 1),
    Case((1, 6, 12, 15), (4, 6, 12, 15), (1, 1), (0, 0), (1, 1), 1),
    Case((3, 8, 17, 20), (6, 4, 3, 5), (1, 1), (0, 3, 5, 1), (2, 1), 2),
    Case((2, 3, 16, 16), (8, 3, 3, 3), (2, 2), (0, 1, 0, 1), (1, 1), 1),
)


@pytest.mark.parametrize("case", LARGER, ids=str)
@pytest.mark.parametrize(
    ("dtype", "tolerances"),
    [(np.float64, {}), (np.float32, {"relative": 1e-6, "rounding": 1e-6})],
    ids=["float64", "float32"],
)
def test_larger_ones_against_pytorch_itself(case, dtype, tolerances):
    pytest.importorskip("torch")
    from .make_torch_fixtures import by_torch  # noqa: PLC0415 - it imports torch

    data = [tensor.astype(dtype) for tensor in tensors(case, 5)]
    expected = by_torch(*data, **case.parameters)
    magnitude = by_torch(*map(np.abs, data), **case.parameters)
    for result, method in METHODS:
        actual = run(result, method, *data, **case.parameters)
        assert actual.dtype == dtype
        cells = differing(actual, expected[result], magnitude[result], **tolerances)
        assert not cells, f"{result} by {method}: {len(cells)} cells differ; {cells[0]}"


def test_the_notebook_s_size_against_the_oracle():
    """Some filters, channels and items of the notebook's layer: slices of it are small layers."""
    rng = np.random.default_rng(14)
    x, w, b, g = tensors(NOTEBOOK, 14)
    parameters = NOTEBOOK.parameters
    results = {key: run(*key, x, w, b, g, **parameters) for key in METHODS}
    for _ in range(3):
        n, f, c = (int(rng.integers(size)) for size in (10, 16, 32))
        item, kernel, channel = (slice(k, k + 1) for k in (n, f, c))
        slices = {
            "out": ((x[item], w[kernel], b[kernel], g[item, kernel]), (item, kernel)),
            "dw": ((x[:, channel], w[kernel, channel], b[kernel], g[:, kernel]), (kernel, channel)),
            "dx": ((x[item, channel], w[:, channel], b, g[item]), (item, channel)),
            "db": ((x[:, :1], w[kernel, :1], b[kernel], g[:, kernel]), (kernel,)),
        }
        for result, method in METHODS:
            data, place = slices[result]
            expected = convolution(*data, **parameters)[result]
            magnitude = magnitudes(*data, **parameters)[result]
            cells = differing(results[result, method][place], expected, magnitude)
            assert not cells, f"{result}{place} by {method}: {cells[0]}"


def test_the_comparison_sees_one_wrong_cell():
    expected = uniform(np.random.default_rng(1), (2, 3))
    wrong = expected.copy()
    wrong[1, 2] *= 1 + 3e-12
    assert differing(wrong, expected, np.abs(expected)) == [
        f"cell (1, 2): {wrong[1, 2]!r}, expected {expected[1, 2]!r}"
    ]
    for bad in (np.nan, np.inf, -np.inf):
        wrong[1, 2] = bad
        assert len(differing(wrong, expected, np.inf)) == 1
        assert len(differing(expected, wrong, np.inf)) == 1
    assert differing(wrong[:1], expected, 0) == ["shape (1, 3), expected (2, 3)"]
