"""What tensors of another order, another padding or too few axes are said to be."""

import re

import numpy as np
import pytest

from conv import ConvError, Geometry
from conv.sources import open_tensors
from conv.words import words
from tests.cases import in_turn
from tests.views import packed

RNG = np.random.default_rng(3)


def refused(**arrays):
    with pytest.raises(ConvError) as error:
        open_tensors(packed(**arrays))
    assert re.search("[\u4e00-\u9fff]", error.value.sentence(words("zh")))
    return error.value


@pytest.fixture
def opened_after(tmp_path, monkeypatch):
    """The file that the code of a refusal makes of its arrays."""
    monkeypatch.chdir(tmp_path)

    def opened(error, arrays):
        np.savez("layer.npz", **arrays)
        exec(compile(error.code, "code", "exec"), {})
        return open_tensors(tmp_path / "fixed.npz")

    return opened


def layer(kernel=3, channels=3, filters=4, side=8):
    return (
        RNG.normal(size=(2, channels, side, side + 1)),
        RNG.normal(size=(filters, channels, kernel, kernel)),
    )


ORDERS = {
    "Keras": ((0, 2, 3, 1), (2, 3, 1, 0), "(N, H, W, C)", "(KH, KW, C, F)"),
    "channels last": ((0, 2, 3, 1), (0, 1, 2, 3), "(N, H, W, C)", "(F, C, KH, KW)"),
    "MLX": ((0, 2, 3, 1), (0, 2, 3, 1), "(N, H, W, C)", "(F, KH, KW, C)"),
    "the weight alone": ((0, 1, 2, 3), (2, 3, 1, 0), "(N, C, H, W)", "(KH, KW, C, F)"),
}


@pytest.mark.parametrize("channels", [5, 16])
@pytest.mark.parametrize(("x_order", "w_order", "x_axes", "w_axes"), ORDERS.values(), ids=ORDERS)
def test_another_order_of_the_axes_is_named_with_the_code_that_would_do(
    x_order, w_order, x_axes, w_axes, channels, opened_after
):
    x, w = layer(channels=channels, filters=7)
    g = RNG.normal(size=Geometry(x.shape, w.shape, stride=2).output_size)
    arrays = {"x": x.transpose(x_order), "w": w.transpose(w_order), "stride": 2}
    arrays["dout"] = g.transpose(x_order)
    error = refused(**arrays)
    assert error.key == "error.layout"
    assert f"looks like {x_axes} and w {arrays['w'].shape} like {w_axes}" in str(error)
    again = opened_after(error, arrays)
    np.testing.assert_array_equal(again.x, x)
    np.testing.assert_array_equal(again.w, w)
    np.testing.assert_array_equal(again.grad_output, g)
    assert again.default.stride == (2, 2)


def test_a_kernel_that_would_be_too_large_may_be_of_another_order():
    error = refused(x=np.ones((1, 3, 9, 9)), w=np.ones((3, 3, 3, 8)))
    assert error.key == "error.layout"
    assert "w (3, 3, 3, 8) like (KH, KW, C, F)" in str(error)


def test_a_single_filter_of_many_channels_may_be_depthwise():
    error = refused(x=np.ones((1, 9, 9, 5)), w=np.ones((3, 3, 5, 1)))
    assert error.key == "error.layout_depthwise"


def test_an_order_that_groups_would_explain_opens_where_the_file_says_groups():
    x, w = np.ones((1, 9, 9, 3)), np.ones((3, 3, 3, 3))
    assert refused(x=x, w=w).key == "error.layout"
    assert open_tensors(packed(x=x, w=w, groups=3)).default.groups == 3


def test_a_gradient_tells_which_order_it_is():
    x, w = np.ones((2, 4, 4, 4)), np.ones((4, 4, 4, 4))
    assert open_tensors(packed(x=x, w=w, grad_output=np.ones((2, 4, 1, 1)))).notes == ()
    x, w, g = np.ones((2, 4, 6, 4)), np.ones((3, 3, 4, 5)), np.ones((2, 2, 4, 5))
    assert refused(x=x, w=w, grad_output=g).key == "error.layout"


@pytest.mark.parametrize(
    ("arrays", "code"),
    [
        ({"x": np.ones((3, 5, 5)), "w": np.ones((2, 3, 3, 3))}, "layer['x'][None]"),
        ({"x": np.ones((5, 5)), "w": np.ones((2, 1, 3, 3))}, "layer['x'][None, None]"),
        ({"x": np.ones((1, 1, 5, 5)), "w": np.ones((3, 3))}, "layer['w'][None, None]"),
        (
            {"x": np.ones((2, 3, 9)), "w": np.ones((4, 3, 3))},
            "layer['w'] = layer['w'][:, :, None]",
        ),
        ({"x": np.ones((1, 1, 5, 5)), "w": np.ones((4, 3, 3))}, "layer['w'][:, None]"),
        ({"x": np.ones((1, 3, 5, 5)), "w": np.ones((3, 3, 3))}, "layer['w'][None]"),
        (
            {
                "x": np.ones((1, 2, 6, 6)),
                "w": np.ones((3, 2, 3, 3)),
                "grad_output": np.ones((3, 4, 4)),
            },
            "layer['grad_output'][None]",
        ),
        (
            {"x": np.ones((2, 3, 5, 5)), "w": np.ones((4, 3, 3, 3)), "b": np.ones((1, 1, 1, 4))},
            "layer['b'].reshape(-1)",
        ),
    ],
)
def test_too_few_axes_come_with_the_code_that_adds_them(arrays, code, opened_after):
    error = refused(**arrays)
    assert code in error.code
    assert opened_after(error, arrays).x.ndim == 4


def test_a_convolution_in_one_dimension_keeps_its_geometry(opened_after):
    x, w = RNG.normal(size=(2, 3, 10)), RNG.normal(size=(4, 3, 3))
    arrays = {"x": x, "w": w, "padding": 1, "stride": 2, "dout": RNG.normal(size=(2, 4, 5))}
    again = opened_after(refused(**arrays), arrays)
    assert (again.default.padding, again.default.stride) == ((0, 1), (1, 2))
    assert again.sizes.geometry(again.default).output_size == (2, 4, 1, 5)


@pytest.mark.parametrize("grad", [(3, 4, 4), (1, 3), (6, 6), ()])
def test_a_gradient_of_too_few_axes_is_a_sentence(grad):
    x, w = np.ones((1, 2, 6, 6)), np.ones((3, 2, 3, 3))
    error = refused(x=x, w=w, grad_output=np.ones(grad))
    assert "grad_output must have the axes (N, F, OH, OW)" in str(error)


def test_three_axes_that_are_no_line_of_cells_are_an_image():
    error = refused(x=np.ones((3, 8, 8)), w=np.ones((3, 3, 3)))
    assert error.key == "error.axes_are"
    assert "layer['x'][None]" in error.code


def test_the_square_kernel_and_the_biass_filters_tell_which_order_it_is():
    x = np.ones((2, 8, 8, 3))
    assert "w (5, 3, 3, 3) like (F, C, KH, KW)" in str(refused(x=x, w=np.ones((5, 3, 3, 3))))
    both = {"x": x, "w": np.ones((3, 3, 3, 3))}
    assert "like (KH, KW, C, F)" in str(refused(**both))
    x, w = np.ones((2, 4, 8, 8)), np.ones((4, 8, 3, 3))
    assert refused(x=x, w=w).key == "error.looks_transposed"


def test_the_order_of_the_axes_is_told_before_their_padding():
    x, w = layer(channels=5)
    arrays = {"x": x.transpose(0, 2, 3, 1), "w": w.transpose(2, 3, 1, 0), "pads": (0, 0, 1, 1)}
    error = refused(**arrays)
    assert error.key == "error.layout"


def test_bfloat16_is_called_by_its_name():
    x, w = layer()
    error = refused(x=np.zeros(x.shape, "V2"), w=w)
    assert "as bfloat16 is saved" in str(error)
    assert "x.astype(np.float32)" in str(error)


@pytest.mark.parametrize(
    ("given", "asked", "would"),
    [
        ({"padding": 0}, {"padding": 1}, "padding=1"),
        ({"padding": 1}, {"padding": 1, "stride": 2}, "stride=2, dilation=3"),
        ({"padding": 2}, {"padding": 2, "dilation": 3}, "padding=0, dilation=3"),
    ],
)
def test_a_gradient_of_another_geometry_is_told_which(given, asked, would, opened_after):
    x, w = layer()
    size = Geometry(x.shape, w.shape, **asked).output_size
    arrays = {"x": x, "w": w, "grad_output": np.ones(size), **given}
    error = refused(**arrays)
    assert f"got {size}; it would fit with {would}, and this is read with " in str(error)
    assert opened_after(error, arrays).grad_output.shape == size


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"padding": (0, 1, 2, 0)}, "padding=(0, 1, 2, 0)"),
        ({"padding": (0, 1)}, "padding=(0, 1)"),
        ({"padding": 2}, "padding=2"),
        ({"padding": "same", "stride": 1}, "padding=1"),
    ],
)
def test_of_what_is_read_all_sides_are_told(given, read):
    x, w = layer()
    size = Geometry(x.shape, w.shape, padding=3).output_size
    error = refused(x=x, w=w, grad_output=np.ones(size), **given)
    assert f"it would fit with padding=3, and this is read with {read};" in str(error)


@pytest.mark.parametrize("word", ["SAME_UPPER", "SAME_LOWER", "VALID"])
@pytest.mark.parametrize("numbers", [(2, 2, 2, 2), (0, 1, 2, 0), (1, 1)])
def test_numbers_beside_a_word_that_says_others_are_refused(word, numbers):
    x, w = layer()
    assert "pads and auto_pad are two names of one thing" in str(
        refused(x=x, w=w, auto_pad=word, pads=numbers)
    )


def test_a_gradient_that_fits_nothing_is_told_the_shape_alone():
    x, w = layer()
    error = refused(x=x, w=w, grad_output=np.ones((2, 5, 6, 7)))
    assert str(error).endswith("got (2, 5, 6, 7)")


def same_as_tensorflow(size, kernel, stride, dilation=1):
    """Where the windows of TensorFlow's SAME lie: as many as ceil(size / stride), in the middle,
    the odd row after."""
    count = -(-size // stride)
    reach = (count - 1) * stride + dilation * (kernel - 1) + 1
    missing = max(reach - size, 0)
    return missing // 2, missing - missing // 2


def test_same_lower_has_the_odd_row_before():
    x, w = layer(2)
    assert open_tensors(packed(x=x, w=w, auto_pad="SAME_LOWER")).default.padding == (1, 0, 1, 0)


def test_same_that_no_control_reaches_is_padded_by_hand(opened_after):
    arrays = {"x": np.ones((1, 1, 40, 40)), "w": np.ones((1, 1, 7, 7)), "dilation": 4}
    arrays["padding"] = "same"
    again = opened_after(refused(**arrays), arrays)
    assert again.sizes.geometry(again.default).output_size == (1, 1, 40, 40)


@in_turn("what", [("padding", "same"), ("padding", "SAME"), ("auto_pad", "SAME_UPPER")])
@in_turn("stride", [1, 2, 3])
@in_turn("kernel", [1, 2, 3, 5])
def test_same_is_what_all_mean_by_it_and_at_a_stride_what_tensorflow_does(
    kernel, stride, what, opened_after
):
    x, w = layer(kernel)
    name, word = what
    arrays = {"x": x, "w": w, "stride": stride, name: word}
    (top, bottom), (left, right) = (same_as_tensorflow(n, kernel, stride) for n in (8, 9))
    told = f"{top} above, {bottom} below, {left} on the left and {right} on"
    if stride > 1 and name == "padding":
        error = refused(**arrays)
        assert "TensorFlow" in str(error)
        assert told in str(error)
        opened = opened_after(error, arrays)
    else:
        opened = open_tensors(packed(**arrays))
        assert any(told in note.sentence(words("en")) for note in opened.notes)
    geometry = opened.sizes.geometry(opened.default)
    assert geometry.pads == ((top, bottom), (left, right))
    assert geometry.output_size[2:] == (-(-8 // stride), -(-9 // stride))


@pytest.mark.parametrize(
    ("name", "numbers", "key"),
    [
        ("pad", (1, 1, 1), "error.padding_numbers"),
        ("padding", 1.0, "error.padding_numbers"),
        ("padding", (0, 9), "error.range"),
        ("padding", (0, 1, 0, 9), "error.range"),
    ],
)
def test_padding_that_cannot_be_is_refused(name, numbers, key):
    x, w = layer()
    assert refused(x=x, w=w, **{name: numbers}).key == key


@pytest.mark.parametrize(
    ("arrays", "key"),
    [
        ({"x": (1, 4, 5, 5), "w": (4, 3, 3, 3)}, "error.looks_transposed"),
        ({"x": (1, 4, 5, 5), "w": (4, 2, 3, 3), "transposed": 1}, "error.transposed"),
        ({"x": (1, 4, 5, 5), "w": (4, 2, 3, 3), "output_padding": (0, 1)}, "error.transposed"),
        ({"x": (1, 4, 5, 5), "w": (4, 4, 3, 3), "transposed": np.True_}, "error.transposed"),
        ({"x": (1, 4, 5, 5), "w": (4, 4, 3, 3), "transposed": "True"}, "error.transposed"),
        ({"x": (1, 4, 5, 5), "w": (4, 4, 3, 3), "output_padding": 1.0}, "error.transposed"),
    ],
)
def test_a_transposed_convolution_is_said_to_be_one(arrays, key):
    made = {name: np.ones(size) if name in "xw" else size for name, size in arrays.items()}
    assert refused(**made).key == key


def test_what_may_be_a_transposed_convolution_opens_with_a_word():
    opened = open_tensors(packed(x=np.ones((1, 4, 5, 5)), w=np.ones((4, 2, 3, 3))))
    assert [note.key for note in opened.notes] == ["reading.groups_or_transposed"]
    opened = open_tensors(packed(x=np.ones((1, 4, 5, 5)), w=np.ones((4, 2, 3, 3)), transposed=0))
    assert opened.default.groups == 2
