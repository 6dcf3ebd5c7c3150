"""The wrong gradients: each against the mistake in plain loops, and when it shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from conv import ConvError, Geometry
from conv.ops.wrong_gradients import MISTAKES, Tensors, agrees, right, same_mean

from ..cases import in_turn, naming
from .grid import GRID, UNEVEN, Case, tensors
from .mistaken import full_correlation, mistaken
from .oracle import assert_cells, convolution, differing, magnitudes
from .strategies import enough, layers

# Each mistake shows here: two items, groups of 2 channels and 3 filters, stride, padding, dilation,
# a rectangular kernel, a row and a column left over.
SHOWING = Case((2, 4, 8, 7), (6, 2, 3, 2), (2, 3), (1, 0), (1, 2), 2)
CASES = [SHOWING, *GRID[::9], *UNEVEN[::7]]
AGREEMENTS = {
    "unrotated": ["one_kernel_cell", "symmetric_kernel", "symmetric_where_met"],
    "unswapped": ["one_filter", "one_channel", "x_not_met"],
    "dw_swapped": ["one_kernel_cell", "middle_cell_alone"],
    "zeros_forgotten": ["stride_1", "no_zeros_between"],
    "leftover_forgotten": ["no_rows_left_over"],
    "crop_wrong": ["padding_same", "both_crops_unread"],
    "dilation_ignored": ["dilation_1", "one_kernel_cell", "no_gaps"],
    "db_averaged": ["one_cell"],
    "batch_averaged": ["one_item", "x_not_met"],
}
MISTAKE = {mistake.name: mistake for mistake in MISTAKES}


def in_order(value):
    """A parameter's name, the same in every process."""
    return ",".join(sorted(value)) if isinstance(value, set) else str(value)


every_mistake = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)


# The mistakes in plain loops.


def backward_of(case, x, w, _, g):
    """What a backward pass is given of a layer's tensors; nobody may write into it."""
    for tensor in (x, w, g):
        tensor.flags.writeable = False
    return Tensors(x, w, g, Geometry(case.input_size, case.weight_size, **case.parameters))


def given_in(case, dtype=np.float64):
    return backward_of(case, *(tensor.astype(dtype) for tensor in tensors(case, 18)))


def truth(mistake, backward):
    """The gradient that the mistake is about, from plain loops, and its cells' magnitudes."""
    data = backward.x, backward.w, np.zeros(len(backward.w)), backward.grad_output
    parameters = backward.geometry.parameters
    return tuple(run(*data, **parameters)[mistake.tensor] for run in (convolution, magnitudes))


def assert_is_the_mistake(mistake, case, data):
    expected = mistaken(mistake.name, case, *data)
    size = mistaken(mistake.name, case, *map(np.abs, data))
    assert_cells(mistake.wrong(backward_of(case, *data)), expected, size)


def is_right(mistake, backward):
    """Whether the wrong gradient is the right one, cell by cell."""
    return not differing(mistake.wrong(backward), *truth(mistake, backward))


def holding(mistake, backward):
    return {agreement.name for agreement in mistake.agreements if agreement.holds(backward)}


def test_the_gallery():
    found = {m.name: [agreement.name for agreement in m.agreements] for m in MISTAKES}
    assert list(found.items()) == list(AGREEMENTS.items())
    gradients = ["dx", "dx", "dw", "dx", "dx", "dx", "dx", "db", "dw"]
    assert [mistake.tensor for mistake in MISTAKES] == gradients


@in_turn("case", CASES[::4])
def test_the_loops_are_right_with_nothing_left_out(case):
    x, w, b, g = data = tensors(case, 18)
    size = magnitudes(*data, **case.parameters)
    expected = convolution(x, w, b, g, **case.parameters)
    assert_cells(full_correlation(case, w, g), expected["dx"], size["dx"])


@every_mistake
@in_turn("case", CASES)
def test_each_is_the_mistake_in_plain_loops(mistake, case):
    assert_is_the_mistake(mistake, case, tensors(case, 18))


@enough
@given(layer=layers())
def test_each_is_the_mistake_in_plain_loops_for_any_layer(layer):
    case, *data = layer
    for mistake in MISTAKES:
        with naming(mistake.name):
            assert_is_the_mistake(mistake, case, data)


@in_turn("case", CASES)
def test_swapped_operands_give_each_kernel_reversed(case):
    data = tensors(case, 18)
    dw, size = (run(*data, **case.parameters)["dw"] for run in (convolution, magnitudes))
    found = MISTAKE["dw_swapped"].wrong(given_in(case))
    assert_cells(found, dw[:, :, ::-1, ::-1], size[:, :, ::-1, ::-1])


@in_turn("case", CASES)
def test_right_is_right(case):
    data = tensors(case, 18)
    expected, size = (run(*data, **case.parameters) for run in (convolution, magnitudes))
    for tensor in ("dw", "dx", "db"):
        assert_cells(right(tensor, given_in(case)), expected[tensor], size[tensor])


# Worked out by hand.
SHAPES = [
    # OH 4, OW 2, r 1 and 1, K 3 and 3.
    ("zeros_forgotten", SHOWING, (2, 4, 5, 5)),
    ("leftover_forgotten", SHOWING, (2, 4, 7, 6)),
    ("crop_wrong", SHOWING, (2, 4, 8, 5)),
    ("dilation_ignored", SHOWING, (2, 4, 8, 5)),
    # OH 3, OW 5: 3 - 2*3 rows would be -3.
    ("zeros_forgotten", Case((1, 1, 3, 5), (1, 1, 1, 1), (4, 1), (3, 0), (1, 1), 1), (1, 1, 0, 5)),
    # Two rows left over, of which the padding has one: of one row of x, then of four.
    (
        "leftover_forgotten",
        Case((1, 1, 1, 2), (1, 1, 1, 1), (3, 1), (1, 0), (1, 1), 1),
        (1, 1, 0, 2),
    ),
    (
        "leftover_forgotten",
        Case((1, 1, 4, 2), (1, 1, 1, 1), (3, 1), (1, 0), (1, 1), 1),
        (1, 1, 2, 2),
    ),
    # Rows left over all lie in the padding.
    (
        "leftover_forgotten",
        Case((1, 1, 4, 2), (1, 1, 3, 1), (2, 1), (3, 0), (1, 1), 1),
        (1, 1, 3, 2),
    ),
    # K 2 and 5, so a crop of 0 and 2.
    ("crop_wrong", Case((1, 1, 5, 5), (1, 1, 2, 3), (1, 1), (3, 0), (1, 2), 1), (1, 1, 11, 1)),
    # 5 - 2*2 rows, and none of 3 - 2*2 columns.
    ("dilation_ignored", Case((1, 1, 5, 3), (1, 1, 3, 3), (1, 1), (0, 1), (2, 2), 1), (1, 1, 1, 0)),
    # K 3, so a crop of 1 above and below: 5 + 2 - 2 rows, of which the padding is all above.
    ("crop_wrong", Case((1, 1, 5, 5), (1, 1, 3, 1), (1, 1), (2, 0, 0, 1), (1, 1), 1), (1, 1, 5, 6)),
    # One row left over, and none of the columns, which are padded behind.
    (
        "leftover_forgotten",
        Case((1, 1, 4, 4), (1, 1, 3, 3), (2, 2), (0, 0, 0, 1), (1, 1), 1),
        (1, 1, 3, 4),
    ),
    # A padding beyond K - 1.
    ("dilation_ignored", Case((1, 1, 5, 4), (1, 1, 2, 1), (1, 1), (4, 2), (3, 3), 1), (1, 1, 1, 4)),
]


@pytest.mark.parametrize(("name", "case", "shape"), SHAPES, ids=str)
def test_wrong_shapes(name, case, shape):
    assert MISTAKE[name].wrong(given_in(case)).shape == shape


@in_turn("case", CASES)
def test_these_have_the_right_shape_always(case):
    for name in ("unrotated", "unswapped", "dw_swapped", "db_averaged", "batch_averaged"):
        expected = case.result_sizes[MISTAKE[name].tensor]
        assert MISTAKE[name].wrong(given_in(case)).shape == expected


@every_mistake
def test_each_shows_in_some_cell(mistake):
    backward = given_in(SHOWING)
    assert not holding(mistake, backward)
    assert not is_right(mistake, backward)


def with_kernel(*kernel):
    return replace(SHOWING, weight_size=(*SHOWING.weight_size[:2], *kernel))


# Every agreement made to hold alone, with those that follow from it. Of each kernel in MIDDLE the
# middle cell alone meets x, in PADDING none does.
MIDDLE = replace(SHOWING, input_size=(2, 4, 1, 1), weight_size=(6, 2, 3, 3), padding=(1, 2))
# A row of x between those that the kernel meets; of the wrong crop too, which leaves another.
UNREAD = Case((2, 4, 1, 7), (6, 2, 2, 3), (1, 1), (1, 3, 1, 1), (4, 1), 2)
PADDING = Case((2, 4, 1, 7), (6, 2, 1, 2), (4, 3), (2, 0), (1, 2), 2)
HOLDING = [
    ("unrotated", with_kernel(1, 1), {*AGREEMENTS["unrotated"]}),
    ("unrotated", MIDDLE, {"symmetric_where_met"}),
    ("unrotated", PADDING, {"symmetric_where_met"}),
    ("unswapped", replace(SHOWING, weight_size=(2, 2, 3, 2)), {"one_filter"}),
    (
        "unswapped",
        replace(SHOWING, input_size=(2, 2, 8, 7), weight_size=(6, 1, 3, 2)),
        {"one_channel"},
    ),
    ("unswapped", PADDING, {"x_not_met"}),
    ("dw_swapped", with_kernel(1, 1), {*AGREEMENTS["dw_swapped"]}),
    ("dw_swapped", MIDDLE, {"middle_cell_alone"}),
    ("dw_swapped", PADDING, {"middle_cell_alone"}),
    ("zeros_forgotten", replace(SHOWING, stride=(1, 1)), {*AGREEMENTS["zeros_forgotten"]}),
    ("zeros_forgotten", replace(SHOWING, stride=(8, 5)), {"no_zeros_between"}),
    ("zeros_forgotten", replace(SHOWING, stride=(8, 1)), {"no_zeros_between"}),
    ("leftover_forgotten", replace(SHOWING, input_size=(2, 4, 7, 6)), {"no_rows_left_over"}),
    ("crop_wrong", replace(SHOWING, padding=(1, 1)), {"padding_same"}),
    ("crop_wrong", replace(with_kernel(4, 3), padding=(1, 2)), {"padding_same"}),
    ("crop_wrong", UNREAD, {"both_crops_unread"}),
    ("dilation_ignored", replace(SHOWING, dilation=(1, 1)), {"dilation_1", "no_gaps"}),
    ("dilation_ignored", with_kernel(1, 1), {"one_kernel_cell", "no_gaps"}),
    ("dilation_ignored", with_kernel(3, 1), {"no_gaps"}),
    ("db_averaged", replace(SHOWING, input_size=(1, 4, 2, 3)), {"one_cell"}),
    ("batch_averaged", replace(SHOWING, input_size=(1, 4, 8, 7)), {"one_item"}),
    ("batch_averaged", PADDING, {"x_not_met"}),
]


@pytest.mark.parametrize(("name", "case", "names"), HOLDING, ids=in_order)
def test_an_agreement_that_holds_makes_each_cell_right(name, case, names):
    backward = given_in(case)
    assert holding(MISTAKE[name], backward) == names
    assert is_right(MISTAKE[name], backward)


def test_a_symmetric_kernel_needs_no_rotation():
    backward = given_in(SHOWING)
    w = backward.w + backward.w[:, :, ::-1, ::-1]
    symmetric = replace(backward, w=w)
    assert holding(MISTAKE["unrotated"], symmetric) == {"symmetric_kernel", "symmetric_where_met"}
    assert is_right(MISTAKE["unrotated"], symmetric)
    w = w.copy()
    w[5, 1, 2, 1] += 1e-6
    nearly = replace(backward, w=w)
    assert not holding(MISTAKE["unrotated"], nearly)
    assert not is_right(MISTAKE["unrotated"], nearly)


def test_every_agreement_is_made_to_hold():
    made = {(name, one) for name, _, names in HOLDING for one in names}
    assert made == {(name, one) for name, names in AGREEMENTS.items() for one in names}


@every_mistake
def test_it_is_predicted_where_a_mistake_shows(mistake):
    """Over the grid: right in each cell if an agreement holds, wrong in some if none does."""
    given_cases = [given_in(case) for case in (*GRID[::6], *UNEVEN[::5])]
    predicted = [agrees(mistake, backward) for backward in given_cases]
    assert predicted == [is_right(mistake, backward) for backward in given_cases]
    assert set(predicted) == {True, False}


@enough
@given(layer=layers())
def test_it_is_predicted_where_a_mistake_shows_in_any_layer(layer):
    backward = backward_of(*layer)
    for mistake in MISTAKES:
        with naming(mistake.name):
            assert agrees(mistake, backward) == is_right(mistake, backward)


def has_the_mean(mistake, backward):
    """Whether the wrong gradient has the shape and, but for rounding, the mean of the right one."""
    (expected, size), found = truth(mistake, backward), mistake.wrong(backward)
    if found.shape != expected.shape:
        return False
    return bool(abs(found.mean() - expected.mean()) <= 1e-14 * size.mean())


@every_mistake
def test_it_is_predicted_where_the_means_agree(mistake):
    given_cases = [given_in(case) for case in (*GRID[1::6], *UNEVEN[1::5])]
    predicted = [same_mean(mistake, backward) for backward in given_cases]
    assert predicted == [has_the_mean(mistake, backward) for backward in given_cases]


MEANS = [
    # Nothing is cropped; then a padding that no window meets in part; then all kinds of padding.
    (replace(SHOWING, padding=(0, 0)), True),
    (Case((2, 4, 5, 7), (6, 2, 1, 3), (1, 2), (2, 0), (1, 1), 2), True),
    (SHOWING, False),
    (replace(SHOWING, padding=(0, 1)), False),
    (replace(SHOWING, padding=(4, 4)), False),
]


@pytest.mark.parametrize(("case", "same"), MEANS, ids=str)
def test_an_unrotated_kernel_hides_in_the_mean_where_nothing_is_cropped(case, same):
    mistake, backward = MISTAKE["unrotated"], given_in(case)
    assert same_mean(mistake, backward) is same
    assert has_the_mean(mistake, backward) is same
    assert not agrees(mistake, backward)
    assert not is_right(mistake, backward)


@pytest.mark.parametrize(("stride", "same"), [(2, True), (1, False)])
def test_an_uneven_crop_hides_in_the_mean_where_it_takes_off_what_no_window_reads(stride, same):
    """All padding is above, the crop takes a row off below: at stride 2 every other row is 0."""
    case = Case((2, 4, 4, 7), (6, 2, 2, 1), (stride, 1), (2, 0, 0, 0), (2, 1), 2)
    mistake, backward = MISTAKE["crop_wrong"], given_in(case)
    assert same_mean(mistake, backward) is same
    assert has_the_mean(mistake, backward) is same
    assert not agrees(mistake, backward)
    assert not is_right(mistake, backward)


@pytest.mark.parametrize("case", [SHOWING, *(case for _, case, _ in SHAPES[4:])], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept(dtype, case):
    backward = given_in(case, dtype=dtype)
    assert {m.name: m.wrong(backward).dtype for m in MISTAKES} == dict.fromkeys(MISTAKE, dtype)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x", r"x must have the geometry's shape \(2, 4, 8, 7\), got \(2, 4, 8, 6\)"),
        ("w", r"w must have the geometry's shape \(6, 2, 3, 2\), got \(6, 2, 3, 1\)"),
        (
            "grad_output",
            r"grad_output must have the output's shape \(2, 6, 4, 2\), got \(2, 6, 4, 1\)",
        ),
    ],
)
def test_tensors_of_another_geometry_are_refused(name, message):
    backward = given_in(SHOWING)
    with pytest.raises(ConvError, match=message):
        replace(backward, **{name: getattr(backward, name)[..., :-1]})


def test_an_unknown_gradient_is_refused():
    with pytest.raises(ConvError, match="tensor must be one of 'dw', 'dx', 'db', got 'dz'"):
        right("dz", given_in(SHOWING))
