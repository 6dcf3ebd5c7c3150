"""Under which names arrays are read, and what is said of those that are not."""

import numpy as np
import pytest

from conv import ConvError
from conv.cli import main
from conv.sources import open_tensors
from conv.words import words
from tests.cases import in_turn
from tests.views import packed

RNG = np.random.default_rng(1)
X, W, B = RNG.normal(size=(2, 2, 5, 4)), RNG.normal(size=(3, 2, 2, 3)), RNG.normal(size=3)
G = RNG.normal(size=(2, 3, 3, 2))
LAYER = {"x": X, "w": W, "b": B, "grad_output": G, "stride": 2, "padding": 1, "dilation": 1}
LAYER |= {"groups": 1}
# The names in ../shared/cases/README.md, by what they are.
NAMES = {
    "x": "x input inputs X in_data bottom A_prev activation",
    "w": "w weight weights W kernel filters",
    "b": "b bias",
    "grad_output": "grad_output top_diff dout dy dY dZ grad_out residual delta",
    "stride": "stride strides",
    "padding": "padding pad pads",
    "dilation": "dilation dilations dilation_rate rate",
    "groups": "groups group",
}
RESULTS = "output out y Z dw dW grad_w weight_grad w_diff dx dX dA_prev grad_input bottom_diff"
RESULTS += " db grad_b b_diff"
EACH = [(what, name) for what, names in NAMES.items() for name in names.split()]


def says(data, lang="en"):
    return " ".join(note.sentence(words(lang)) for note in data.notes)


@in_turn(("what", "name"), EACH)
def test_an_array_is_read_by_each_of_its_names(what, name):
    """The same layer, and so the same digest, whatever the name."""
    renamed = {name if key == what else key: value for key, value in LAYER.items()}
    opened, usual = open_tensors(packed(**renamed)), open_tensors(packed(**LAYER))
    assert opened.default == usual.default
    np.testing.assert_array_equal(opened.grad_output, G)
    assert says(opened) == ("" if name == what else f"Read from the file: {what} = {name}.")


@in_turn(
    ("one", "other"),
    [(names.split()[0], other) for names in NAMES.values() for other in names.split()[1:]],
)
def test_two_names_of_one_thing_are_a_sentence(one, other):
    arrays = {**LAYER, other: LAYER[one]}
    with pytest.raises(ConvError, match=f"{one} and {other} are two names of one thing, {one}"):
        open_tensors(packed(**arrays))


def test_all_that_is_not_read_is_named():
    extra = {"`<b>`": X, "alpha": 1, "beta": 2, **dict.fromkeys(RESULTS.split(), B)}
    opened = open_tensors(packed(**LAYER, **extra))
    assert opened.default == open_tensors(packed(**LAYER)).default
    told = says(opened)
    assert "Not read from the file: `<b>`, alpha, beta." in told
    assert "the layer's results are worked out here: output, out, y, Z, dw, dW," in told
    assert f"(+{len(RESULTS.split()) - 8})" in told
    assert "没有从文件读取：`<b>`, alpha, beta。" in says(opened, "zh")


def test_many_unread_names_stay_short():
    opened = open_tensors(packed(**LAYER, **{f"layer{k}_{'n' * 90}": 1 for k in range(300)}))
    assert "(+292)" in says(opened)
    assert len(says(opened)) < 600


@pytest.mark.parametrize("name", ["b", "bias", "grad_output", "dout", "padding", "stride", "link"])
def test_none_is_as_good_as_nothing(name):
    what = {"bias": "b", "dout": "grad_output"}.get(name, name)
    arrays = {key: value for key, value in {"x": X, "w": W}.items() if key != what}
    opened = open_tensors(packed(**arrays, **{name: None}))
    assert opened.default == open_tensors(packed(x=X, w=W)).default
    assert says(opened) == words("en")("reading.none", names=name)


@pytest.mark.parametrize("name", ["x", "w"])
def test_none_is_no_input(name):
    with pytest.raises(ConvError, match=f"{name} must hold numbers, got Python objects"):
        open_tensors(packed(**{**LAYER, name: None}))


def test_a_missing_array_is_told_with_those_that_are_there():
    with pytest.raises(ConvError) as refused:
        open_tensors(packed(w=W, image=X, dw=W))
    assert str(refused.value) == (
        "x is missing from the file, which has dw, image; it is read from any of these: "
        "x, input, inputs, X, in_data, bottom, A_prev, activation"
    )


def test_none_beside_another_name_leaves_that_one():
    opened = open_tensors(packed(x=None, input=X, w=W, b=None, bias=B))
    np.testing.assert_array_equal(opened.x, X)
    np.testing.assert_array_equal(opened.b, B)


@pytest.mark.parametrize("text", [np.array("same"), np.array("same").astype(">U4"), b"same"])
def test_a_word_is_read_in_every_order_of_its_bytes(text):
    opened = open_tensors(packed(x=X, w=W, padding=text))
    assert opened.sizes.geometry(opened.default).output_size[2:] == X.shape[2:]
    assert "padding was read as" in says(opened)


def test_a_text_or_a_number_is_no_tensor():
    opened = open_tensors(packed(**LAYER, activation="relu", delta=0.5))
    assert opened.default == open_tensors(packed(**LAYER)).default
    assert "activation, delta" in says(opened)


def test_a_kernel_of_four_axes_is_the_weight_and_one_of_two_numbers_its_size():
    opened = open_tensors(packed(x=X, kernel=W))
    np.testing.assert_array_equal(opened.w, W)
    assert open_tensors(packed(x=X, w=W, kernel=(2, 3))).default.kernel == (2, 3)
    with pytest.raises(ConvError, match="w and kernel are two names"):
        open_tensors(packed(x=X, w=W, kernel=W))


@pytest.mark.parametrize(
    ("asked", "padding"),
    [
        ({"padding": "valid"}, (0, 0)),
        ({"auto_pad": "VALID"}, (0, 0)),
        ({"auto_pad": "NOTSET", "pads": (1, 2, 1, 2)}, (1, 2)),
        ({"pads": (2, 1, 2, 1)}, (2, 1)),
        ({"padding": ((2, 2), (1, 1))}, (2, 1)),
        ({"padding": (1, 1, 1, 1)}, (1, 1)),
        ({"pads": (0, 1, 2, 3)}, (0, 2, 1, 3)),
        ({"pads": ((0, 1), (2, 3))}, (0, 1, 2, 3)),
        ({"padding": (0, 2, 1, 3)}, (0, 2, 1, 3)),
        ({"pad": ((0, 2), (1, 3))}, (0, 2, 1, 3)),
        ({"pad": (2,)}, (2, 2)),
    ],
)
def test_padding_is_read_in_every_way(asked, padding):
    opened = open_tensors(packed(x=X, w=W, **asked))
    assert opened.default.padding == padding
    if len(padding) == 4:
        top, bottom, left, right = padding
        told = f"{top} above, {bottom} below, {left} on the left and {right} on"
        assert told in says(opened)


def test_groups_that_follow_from_the_channels_are_told():
    x, w = np.ones((1, 4, 5, 5)), np.ones((6, 2, 3, 3))
    assert "groups = 2 follows from the channels of x (1, 4, 5, 5) and w" in says(
        open_tensors(packed(x=x, w=w))
    )
    assert says(open_tensors(packed(x=x, w=w, groups=2))) == ""
    depthwise = says(open_tensors(packed(x=x, w=np.ones((4, 1, 3, 3)))))
    assert "groups = 4" in depthwise
    assert "transposed" not in depthwise


def test_the_shell_says_how_a_file_was_read(tmp_path, capsys):
    path = tmp_path / "mine.npz"
    path.write_bytes(packed(input=X, weight=W, alpha=1))
    assert main(["check", "--data", str(path), "--cells", "2"]) == 0
    told = capsys.readouterr()
    assert "All methods agree." in told.out
    assert told.err.splitlines() == [
        "Read from the file: x = input, w = weight.",
        words("en")("reading.unread", names="alpha"),
    ]
    assert main(["check", "--data", str(path), "--cells", "2", "--lang", "zh"]) == 0
    assert "没有从文件读取：alpha" in capsys.readouterr().err
