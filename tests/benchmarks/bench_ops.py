"""Times every method of every pass beside PyTorch's CPU time for the same pass.

Run from the top of the repository, on a machine that does nothing else:

    python -m tests.benchmarks.bench_ops [--size notebook|medium|large] [--fast-only]

`python tests/benchmarks/bench_ops.py` does the same where the package is installed
(`pip install -e .`). PyTorch is optional; without it the ratio says so.

NumPy's and PyTorch's threads keep spinning for some milliseconds after a product and would take
the cores from each other. So a pair is: a pause, some calls of ours, a pause, as many of PyTorch's.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from conv import conv2d, conv2d_bias, conv2d_input, conv2d_weight

try:
    import torch
except ImportError:
    torch = None

SIZES = {
    "notebook": ((10, 32, 14, 14), (16, 32, 3, 3)),
    "medium": ((32, 64, 32, 32), (64, 64, 3, 3)),
    "large": ((1, 3, 224, 224), (16, 3, 3, 3)),
}
METHODS = {
    "output": ("loops", "gemm"),
    "dw": ("patches", "correlate", "gemm"),
    "dx": ("scatter", "rot180", "gemm"),
    "backward": ("gemm",),
}
PADDING = 1
PAUSE = 0.06  # seconds after which the other library's threads sleep
PAIRS = 11
CALLS = 10  # of each side in a pair
SLOW = 0.5  # seconds: a call that takes longer is not repeated
PAIR_SECONDS = 0.15

Call = Callable[[], object]


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    size: str
    dtype: str
    pass_: str
    method: str
    ours: Call
    theirs: Call | None


def cases(sizes: list[str], fast_only: bool) -> Iterator[Case]:
    for size in sizes:
        for dtype in ("float64", "float32"):
            x_size, w_size = SIZES[size]
            rng = np.random.default_rng(0)
            x, w, b = (rng.standard_normal(s).astype(dtype) for s in (x_size, w_size, w_size[:1]))
            g = rng.standard_normal((len(x), len(w), *x.shape[2:])).astype(dtype)
            reference = torch_passes(x, w, b, g)
            for pass_, methods in METHODS.items():
                for method in methods[-1:] if fast_only else methods:
                    ours = our_pass(pass_, method, x, w, b, g)
                    yield Case(size, dtype, pass_, method, ours, reference.get(pass_))


def our_pass(pass_: str, method: str, x, w, b, g) -> Call:
    options = {"padding": PADDING, "method": method}

    def backward() -> None:
        conv2d_weight(x, w.shape, g, **options)
        conv2d_input(x.shape, w, g, **options)
        conv2d_bias(g)

    return {
        "output": lambda: conv2d(x, w, b, **options),
        "dw": lambda: conv2d_weight(x, w.shape, g, **options),
        "dx": lambda: conv2d_input(x.shape, w, g, **options),
        "backward": backward,
    }[pass_]


def torch_passes(*arrays) -> dict[str, Call]:
    if torch is None:
        return {}
    x, w, b, g = map(torch.from_numpy, arrays)
    pair = [PADDING, PADDING]

    def gradient(*mask: bool) -> Call:
        return lambda: torch.ops.aten.convolution_backward(
            g, x, w, [len(w)], [1, 1], pair, [1, 1], False, [0, 0], 1, mask
        )

    return {
        "output": lambda: torch.nn.functional.conv2d(x, w, b, padding=PADDING),
        "dw": gradient(False, True, False),
        "dx": gradient(True, False, False),
        "backward": gradient(True, True, True),
    }


def seconds(call: Call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def block(call: Call, calls: int) -> list[float]:
    """The times of `calls` calls after a pause; where there are several, one more warms up."""
    time.sleep(PAUSE)
    if calls > 1:
        call()
    return [seconds(call) for _ in range(calls)]


def measure(case: Case) -> str:
    once = seconds(case.ours)
    if once < SLOW:
        once = seconds(case.ours)
    slow = once > SLOW
    calls = 1 if slow else max(1, min(CALLS, int(PAIR_SECONDS / once)))
    if case.theirs:
        case.theirs()
    ours, theirs, ratios = [], [], []
    for _ in range(1 if slow else PAIRS):
        mine = block(case.ours, calls)
        ours += mine
        if case.theirs:
            other = block(case.theirs, max(2, calls))
            theirs += other
            ratios.append(statistics.median(mine) / statistics.median(other))
    line = f"{case.size:9}{case.dtype:8} {case.pass_:9}{case.method:10}"
    line += f"{statistics.median(ours) * 1e3:11.3f}"
    if ratios:
        line += f"{statistics.median(theirs) * 1e3:10.3f}"
        line += f"{statistics.median(ours) / statistics.median(theirs):9.2f}"
        line += f"{statistics.median(ratios):9.2f}"
    else:
        line += f"{'no torch':>10}{'-':>9}{'-':>9}"
    return f"{line}{len(ours):6}{peak_megabytes(case.ours):10.2f}"


def peak_megabytes(call: Call) -> float:
    """Memory beyond the arguments at its peak, the result included."""
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def machine() -> str:
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    threads = os.environ.get("OPENBLAS_NUM_THREADS") or os.environ.get("OMP_NUM_THREADS")
    lines = [
        f"CPU {cpu_model()}, {os.cpu_count()} cores; Python {platform.python_version()}",
        f"numpy {np.__version__}, BLAS {blas['name']} {blas['version']}",
        f"BLAS threads {threads or 'as many as cores'}",
    ]
    if torch is not None:
        lines.append(f"torch {torch.__version__}, threads {torch.get_num_threads()}")
    return "\n".join(lines)


def cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    names = info.read_text().splitlines() if info.exists() else []
    found = [line.split(":", 1)[1].strip() for line in names if line.startswith("model name")]
    return found[0] if found else platform.processor() or platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, help="only this size")
    parser.add_argument("--fast-only", action="store_true", help="skip the textbook methods")
    arguments = parser.parse_args()
    sizes = [arguments.size] if arguments.size else list(SIZES)
    lines = []
    for case in cases(sizes, arguments.fast_only):
        sys.stderr.write(f"\r{case.size} {case.dtype} {case.pass_} {case.method:24}")
        sys.stderr.flush()
        lines.append(measure(case))
    sys.stderr.write(f"\r{'':60}\r")
    head = f"{'size':9}{'dtype':8} {'pass':9}{'method':10}{'median ms':>11}{'torch ms':>10}"
    head += f"{'ratio':>9}{'by pair':>9}{'calls':>6}{'peak MB':>10}"
    sys.stdout.write("\n".join([machine(), "", head, *lines]) + "\n")


if __name__ == "__main__":
    main()
