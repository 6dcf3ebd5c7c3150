"""Padding that differs before and after, which the page cannot show: what it is, and the input
padded by hand that stands for it."""

from __future__ import annotations

from collections.abc import Sequence

from conv.ops import ConvError
from conv.ops.geometry import Pair, Parameters
from conv.state.view import PADDINGS

from .names import Named

_SAYING = ("padding", "auto_pad")
Pads = tuple[Pair, Pair]  # (top, bottom), (left, right)
# By whether there is a stride, and whether the padding is the same before and after.
_SENTENCES = {
    (False, True): "error.same",
    (False, False): "error.same_uneven",
    (True, True): "error.same_stride",
    (True, False): "error.same_stride_uneven",
}


def uneven(named: Named, shape: tuple[int, ...], numbers: Sequence[int]) -> Pair:
    """Four numbers as (rows, columns), where they are the same before and after; raises ConvError
    where they are not, or where it is not said in which order they are.

    "pads" is ONNX's: top, left, bottom, right. (2, 2) is NumPy's: (top, bottom), (left, right).
    """
    (a, b, c, d), name = numbers, named.name("padding")
    if a == b == c == d:
        return a, a
    if shape == (2, 2):
        pads = (a, b), (c, d)
    elif name == "pads":
        pads = (a, c), (b, d)
    else:
        got = ", ".join(map(str, numbers))
        raise ConvError(
            "error.pads_order", name=name, got=got, code=_by_hand(named, ((a, b), (c, d)))
        )
    (top, bottom), (left, right) = pads
    if (top, left) == (bottom, right):
        return top, left
    raise ConvError(
        "error.pads_uneven",
        name=name,
        top=top,
        bottom=bottom,
        left=left,
        right=right,
        code=_by_hand(named, pads),
    )


def same_padding(named: Named, kernel: Pair, parameters: Parameters) -> ConvError:
    """What to say of the padding "same": the numbers that mean it here.

    At stride 1 all mean the same by it; at a larger one TensorFlow alone has it, which pads by
    max((ceil(H / stride) - 1) * stride + K - H, 0), the odd row after.

    Source: TensorFlow, `tf.nn.convolution`, notes on padding.
    """
    rows, columns = (
        _same(named, size, kernel[axis], parameters["stride"][axis], parameters["dilation"][axis])
        for axis, size in enumerate(named.members["x"].shape[2:])
    )
    # By auto_pad it is ONNX's, which has it at every stride.
    is_strided = max(parameters["stride"]) > 1 and "auto_pad" not in named.members
    is_even = rows[0] == rows[1] and columns[0] == columns[1]
    (top, bottom), (left, right) = rows, columns
    can_be_said = is_even and max(top, left) <= PADDINGS[-1]
    even = named.repaired(*_padding_is(named, f"({top}, {left})"))
    return ConvError(
        _SENTENCES[is_strided, is_even],
        top=top,
        bottom=bottom,
        left=left,
        right=right,
        code=even if can_be_said else _by_hand(named, (rows, columns)),
    )


def _same(named: Named, size: int, kernel: int, stride: int, dilation: int) -> Pair:
    """The rows before and after; ONNX's SAME_LOWER has the odd one before."""
    extent = dilation * (kernel - 1) + 1
    total = max((-(-size // stride) - 1) * stride + extent - size, 0)
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
