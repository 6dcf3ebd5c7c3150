"""What is refused says why: in English as str(), and in the reader's language."""

import ast
import pickle
import tracemalloc
from pathlib import Path
from string import Formatter

import numpy as np
import pytest

from conv import ConvError, ConvLayer, Geometry, conv2d, conv2d_input, conv2d_weight
from conv.cli import main
from conv.words import texts, words
from tests.cases import in_turn

CONV = Path(__file__).parents[1] / "conv"
TREES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(CONV.rglob("*.py"))}


def raised_errors():
    """Every ConvError that the code makes: where, its key and the names of its values."""
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ConvError":
                names = {keyword.arg for keyword in node.keywords} - {"code"}
                yield f"{file}:{node.lineno}", node.args, names


def fields_of(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_error_has_a_sentence_that_takes_its_values():
    named = {
        node.value
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and str(node.value).startswith("error.")
    }
    assert named == {key for key in texts("en") if key.startswith("error.")}
    count = 0
    for where, (key, *others), names in raised_errors():
        keys = [key.value] if isinstance(key, ast.Constant) else named
        assert not others, where
        assert any(fields_of(texts("en").get(one, "{missing}")) == names for one in keys), where
        count += 1
    assert count > 60


def test_an_error_speaks_english_and_the_readers_language():
    error = ConvError("error.least", name="stride", least=1, number=0)
    assert str(error) == "stride must be >= 1, got 0"
    assert error.sentence(words("zh")) == "stride 应 >= 1，而不是 0"
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.key, again.values) == (str(error), error.key, error.values)


X, W, G = np.ones((1, 1, 5, 5)), np.ones((1, 1, 3, 3)), np.ones((1, 1, 3, 3))
CALLS = {
    "conv2d": lambda **asked: conv2d(X, W, **asked),
    "conv2d_weight": lambda **asked: conv2d_weight(X, W.shape, G, **asked),
    "conv2d_input": lambda **asked: conv2d_input(X.shape, W, G, **asked),
    "Geometry": lambda **asked: Geometry(X.shape, W.shape, **asked),
}


HUGE = [10**5, 10**9, 2**31 + 1, 10**30, 10**5000]


@in_turn("number", [*HUGE, -(10**30)])
@pytest.mark.parametrize("name", ["padding", "stride", "dilation", "groups"])
@pytest.mark.parametrize("call", CALLS)
def test_no_number_is_too_large_for_a_sentence(call, name, number):
    """However large: no memory is taken for it, and nothing but a ConvError comes."""
    tracemalloc.start()
    try:
        # With a stride that large the window is read once; then grad_output does not fit.
        if name == "stride" and number in {10**5, 10**9} and call in {"conv2d", "Geometry"}:
            CALLS[call](stride=number)
        else:
            with pytest.raises(ConvError) as refused:
                CALLS[call](**{name: number})
            assert 10 < len(refused.value.sentence(words("zh"))) < 500
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("sizes", "asked"),
    [
        (((1, 1, 5, 5), (2**16, 1, 200, 200)), {"padding": 200}),
        (((2**16, 2**15, 1, 1), (1, 2**15, 1, 1)), {"padding": 1}),
        (((1, 1, 5, 5), (2**12, 1, 1, 1)), {"padding": 400}),
    ],
    ids=["weight", "padded input", "padded grad_output"],
)
def test_tensors_of_too_many_elements_are_refused_by_their_sizes(sizes, asked):
    with pytest.raises(ConvError, match="must have at most 2147483648 elements"):
        Geometry(*sizes, **asked)


@pytest.mark.parametrize("size", [(10**9, 2, 3), (2, 10**9, 3), (1, 1, 10**5)])
def test_a_layer_of_too_many_weights_is_refused_before_it_is_made(size):
    with pytest.raises(ConvError, match="must have at most 2147483648 elements"):
        ConvLayer(*size)


@pytest.mark.parametrize("name", ["lr", "momentum", "reg"])
def test_a_number_that_no_float_holds_is_refused(name):
    with pytest.raises(ConvError, match=f"{name} must be a number >= 0"):
        ConvLayer(1, 1, 3, **{name: 10**5000})


def test_a_layer_refuses_it_too():
    with pytest.raises(ConvError, match="must have at most"):
        ConvLayer(1, 1, 3, pad=10**5).forward(X)


def test_a_shell_in_chinese_is_refused_in_chinese(capsys, tmp_path):
    file = str(tmp_path / "picture.png")
    assert main(["figure", "dw", "-o", file, "--c", "99", "--lang", "zh"]) == 2
    told = capsys.readouterr()
    assert told.err == "这里 c 不能是 99；可用 0 到 31\n"
    assert told.out == ""
