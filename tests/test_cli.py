"""The command line: python -m conv check."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from conv.cli import main
from conv.ops import functional
from conv.ops.agreement import compare_methods
from conv.ops.geometry import Geometry

PAPER = ["check", "--data", "paper"]


def rows(output):
    """The table's lines by their first column."""
    table = [line for line in output.splitlines() if "−" in line and ": " in line]
    return {line.split("  ")[0]: line.split() for line in table}


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--stride", "2", "--padding", "0"],
        ["--kernel", "2x3", "--dilation", "2x1", "--padding", "4", "--seed", "5"],
        ["--stride", "4", "--top-diff", "normal"],
        ["--kernel", "1", "--top-diff", "ones", "--cells", "100"],
    ],
)
def test_methods_agree(arguments, capsys):
    assert main([*PAPER, *arguments]) == 0
    table = rows(capsys.readouterr().out)
    assert {name.rstrip() for name in table} == {
        "output: loops − gemm",
        "dw: patches − correlate",
        "dw: patches − gemm",
        "dw: correlate − gemm",
        "dx: scatter − rot180",
        "dx: scatter − gemm",
        "dx: rot180 − gemm",
        "dw: patches − central difference",
        "dw: correlate − central difference",
        "dw: gemm − central difference",
        "db: sum − central difference",
        "dx: scatter − central difference",
        "dx: rot180 − central difference",
        "dx: gemm − central difference",
    }
    assert all(cells[-1] == "yes" for cells in table.values())


@pytest.mark.parametrize("tensor", ["dw", "dx"])
def test_a_wrong_method_is_found_and_exits_with_1(tensor, capsys, monkeypatch):
    methods = {"dw": functional.WEIGHT_METHODS, "dx": functional.INPUT_METHODS}[tensor]
    name = {"dw": "correlate", "dx": "rot180"}[tensor]
    right = methods[name]
    monkeypatch.setitem(methods, name, lambda *arguments: right(*arguments)[..., ::-1, ::-1])
    assert main(PAPER) == 1
    output = capsys.readouterr().out
    wrong = {line for line, cells in rows(output).items() if cells[-1] == "NO"}
    assert wrong
    assert len(wrong) == 3
    assert all(name in line and line.startswith(tensor) for line in wrong)
    assert "do not agree" in output


def test_a_tiny_error_and_a_nan_are_found():
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(1, 2, 5, 5)), rng.normal(size=(3, 2, 2, 2)), rng.normal(size=3)
    geometry = Geometry(x.shape, w.shape)
    g = rng.normal(size=geometry.output_size)
    right = functional.WEIGHT_METHODS["patches"]
    for error in (1e-9, np.nan):
        functional.WEIGHT_METHODS["patches"] = lambda *a, e=error: right(*a) + e
        try:
            found = compare_methods(x, w, b, g, geometry, cells=5)
            verdicts = {(c.first, c.second): c.agree for c in found if c.tensor == "dw"}
        finally:
            functional.WEIGHT_METHODS["patches"] = right
        assert not verdicts["patches", "correlate"]
        assert not verdicts["patches", "gemm"]
        assert verdicts["correlate", "gemm"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--padding", "-1"], "padding must be >= 0, got -1"),
        (["--stride", "0"], "stride must be >= 1, got 0"),
        (["--groups", "3"], "groups must divide the 1 input channels and the 1 filters, got 3"),
        (["--kernel", "7"], "a padding of 1 or more would do"),
        (["--padding", "99999999999999"], "padding must be <= 2147483648, got 99999999999999"),
        (["--padding", "3000"], "numbers, and may have 8388608; a smaller padding would do"),
        (["--kernel", "0"], "kernel must be >= 1, got 0"),
        (["--data", "x"], "data must be one of 'notebook', 'paper', 'sobel' or the path of"),
        (["--stride", "2", "--top-diff", "file"], "output, ones or normal would do"),
    ],
)
def test_bad_geometry_is_one_sentence_and_exit_2(arguments, sentence, capsys):
    assert main([*PAPER, *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert sentence in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--stride", "a"],
        ["--stride", "1.4"],
        ["--cells", "0"],
        ["--groups", "0"],
        ["--seed", "1e3"],
        ["--seed", "99999999999"],
        ["x"],
    ],
)
def test_unreadable_arguments_exit_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*PAPER, *arguments])
    assert stop.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_chinese(capsys):
    assert main([*PAPER, "--lang", "zh"]) == 0
    assert "各种方法一致" in capsys.readouterr().out


def test_help_in_chinese(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["check", "--lang", "zh", "--help"])
    assert stop.value.code == 0
    assert "几何参数" in capsys.readouterr().out


def test_from_the_shell():
    run = subprocess.run(
        [sys.executable, "-m", "conv", *PAPER],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "All methods agree." in run.stdout


def test_more_memory_than_there_is_is_a_sentence(capsys, monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("conv.cli.check.compare_methods", fail)
    assert main(PAPER) == 2
    assert "a smaller padding would do" in capsys.readouterr().err
