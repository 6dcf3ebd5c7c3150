"""Padding that a file says by four numbers, or by the word "same"."""

from __future__ import annotations

from collections.abc import Sequence

from conv.ops import ConvError
from conv.ops.axis import Axis
from conv.ops.geometry import Padding, Pads, Pair, Parameters, as_padding
from conv.state.view import PADDINGS

from .names import Named

_SAYING = ("padding", "auto_pad")


def four_numbers(named: Named, shape: tuple[int, ...], numbers: Sequence[int]) -> Padding:
    """Four numbers as a padding: ONNX's "pads" are top, left, bottom, right in a row; all others
    are the pairs of NumPy and Keras, (top, bottom) and (left, right)."""
    a, b, c, d = numbers
    is_onnx = named.name("padding") == "pads" and len(shape) == 1
    return as_padding("padding", (a, c, b, d) if is_onnx else numbers)


def same_padding(named: Named, kernel: Pair, parameters: Parameters) -> Padding:
    """What the word "same" means here: as many outputs as ceil(H / stride), the odd row of zeros
    behind, or before it where ONNX says SAME_LOWER.

    Raises ConvError where it is beyond what a view may have. At a stride, TensorFlow alone has the
    word, by which PyTorch means nothing: the error says what it would be. ONNX, which says it by
    auto_pad, has it at every stride.

    Source: TensorFlow, `tf.nn.convolution`, notes on padding; ONNX, `Conv`, auto_pad.
    """
    rows, columns = (
        _same(named, Axis(size, k, stride, dilation))
        for size, k, stride, dilation in zip(
            named.members["x"].shape[2:],
            kernel,
            parameters["stride"],
            parameters["dilation"],
            strict=True,
        )
    )
    padding = as_padding("padding", (rows, columns))
    (top, bottom), (left, right) = rows, columns
    if max(padding) > PADDINGS[-1]:
        raise ConvError(
            "error.same_most",
            most=PADDINGS[-1],
            top=top,
            bottom=bottom,
            left=left,
            right=right,
            code=_by_hand(named, (rows, columns)),
        )
    if max(parameters["stride"]) > 1 and "auto_pad" not in named.members:
        raise ConvError(
            "error.same_stride",
            top=top,
            bottom=bottom,
            left=left,
            right=right,
            code=named.repaired(*_padding_is(named, str(padding))),
        )
    return padding


def _same(named: Named, axis: Axis) -> Pair:
    """The rows before and after."""
    total = max((-(-axis.size // axis.stride) - 1) * axis.stride + axis.extent - axis.size, 0)
    less, more = total // 2, total - total // 2
    said = [named.members[what].text(80).lower() for what in _SAYING if what in named.members]
    return (more, less) if "same_lower" in said else (less, more)


def _padding_is(named: Named, value: str) -> list[str]:
    """The code by which the file says another padding."""
    name = named.names.get("padding", "padding")
    no_word = ['layer.pop("auto_pad")'] if "auto_pad" in named.names else []
    return [*no_word, f"layer[{name!r}] = {value}"]


def _by_hand(named: Named, pads: Pads) -> str:
    x = named.item("x")
    padded = f"{x} = np.pad({x}, ((0, 0), (0, 0), {pads[0]}, {pads[1]}))"
    return named.repaired(padded, *_padding_is(named, "0"))
