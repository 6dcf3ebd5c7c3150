"""Padding that differs before and after, which the page cannot show: what it is, and the input
padded by hand that stands for it."""

from __future__ import annotations

from collections.abc import Sequence

from conv.ops import ConvError
from conv.ops.geometry import Pair, Parameters

from .names import Named

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
        _same(size, kernel[axis], parameters["stride"][axis], parameters["dilation"][axis])
        for axis, size in enumerate(named.members["x"].shape[2:])
    )
    is_strided = max(parameters["stride"]) > 1
    is_even = rows[0] == rows[1] and columns[0] == columns[1]
    (top, bottom), (left, right) = rows, columns
    even = named.repaired(f"layer[{_said(named)!r}] = ({top}, {left})")
    return ConvError(
        _SENTENCES[is_strided, is_even],
        top=top,
        bottom=bottom,
        left=left,
        right=right,
        code=even if is_even else _by_hand(named, (rows, columns)),
    )


def _same(size: int, kernel: int, stride: int, dilation: int) -> Pair:
    """The rows before and after."""
    extent = dilation * (kernel - 1) + 1
    total = max((-(-size // stride) - 1) * stride + extent - size, 0)
    return total // 2, total - total // 2


def _said(named: Named) -> str:
    """The name under which the file says its padding."""
    return named.names.get("padding") or named.name("auto_pad")


def _by_hand(named: Named, pads: Pads) -> str:
    x = named.item("x")
    padded = f"{x} = np.pad({x}, ((0, 0), (0, 0), {pads[0]}, {pads[1]}))"
    return named.repaired(padded, f"layer[{_said(named)!r}] = 0")
