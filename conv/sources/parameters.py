"""How a file says its layer's geometry: by numbers, or by words for its padding."""

from __future__ import annotations

import math
from collections.abc import Sequence

from conv.ops import ConvError, Geometry
from conv.ops.geometry import Padding, Pair, Parameters
from conv.state.view import DILATIONS, KERNELS, PADDINGS, STRIDES

from .names import Named, short
from .pads import four_numbers, same_padding
from .shapes import check_layout, infer_groups

_MOST_SIDE = 256  # rows or columns
_SAME = ("same", "same_upper", "same_lower")
_LONGEST_WORD = 40  # signs


def read_geometry(named: Named) -> Geometry:
    """The geometry of a file's x and w, which are there, under the parameters that it names; raises
    ConvError."""
    x, w = named.members["x"].shape, named.members["w"].shape
    given = _pair(named, "groups", range(1, x[1] + 1)) if "groups" in named.members else None
    if given and given[0] != given[1]:
        raise ConvError("error.groups_pair", name=named.name("groups"), value=given)
    groups = given[0] if given else None
    parameters: Parameters = {
        "stride": _pair(named, "stride", STRIDES) or (1, 1),
        "padding": (0, 0),
        "dilation": _pair(named, "dilation", DILATIONS) or (1, 1),
        "groups": groups or 1,
    }
    is_same = says_same(named)
    if is_same or _has_four_pads(named):
        # Whatever it is, the kernel fits; and what is said of it hangs on which axes are the rows.
        parameters["padding"] = PADDINGS[-1], PADDINGS[-1]
        check_layout(named, parameters, groups, asks_grad=False)
    if not is_same:
        parameters["padding"] = _padding(named)
        check_layout(named, parameters, groups, asks_grad=True)
    _check_sides(named)
    kernel = w[2], w[3]
    if max(kernel) > KERNELS[-1]:
        name = named.name("w")
        raise ConvError("error.kernel_most", name=name, most=KERNELS[-1], kernel=kernel)
    said = _pair(named, "kernel", KERNELS) or kernel
    if said != kernel:
        raise ConvError("error.kernel_of", name=named.name("w"), kernel=kernel, said=said)
    parameters["groups"] = groups or infer_groups(named, x, w)
    if is_same:
        parameters["padding"] = same_padding(named, kernel, parameters)
    return Geometry(x, w, **parameters)


def _pair(named: Named, what: str, legal: range) -> Pair | None:
    """One whole number or two, each of them legal, as (rows, columns); None where there is none."""
    if what not in named.members:
        return None
    numbers = named.members[what].whole_numbers()
    if numbers is None or len(numbers) > 2:
        raise ConvError("error.one_or_two", name=named.name(what))
    _check_range(named.name(what), numbers, legal)
    return numbers[0], numbers[-1]


def _check_range(name: str, numbers: Sequence[int], legal: range) -> None:
    if min(numbers) < legal[0] or max(numbers) > legal[-1]:
        got = ", ".join(map(str, numbers))
        raise ConvError("error.range", name=name, low=legal[0], high=legal[-1], got=got)


def _check_sides(named: Named) -> None:
    name, shape = named.name("x"), named.members["x"].shape
    if max(shape[2:]) > _MOST_SIDE:
        raise ConvError("error.sides", name=name, most=_MOST_SIDE, shape=shape)


def says_same(named: Named) -> bool:
    """Whether the padding is given by the word "same", not by numbers or as "valid"; raises
    ConvError for another word."""
    words_given = {
        what: named.members[what].text(4 * _LONGEST_WORD).lower()
        for what in ("padding", "auto_pad")
        if what in named.members and named.members[what].dtype.kind in "US"
    }
    for what, text in words_given.items():
        if text not in {"valid", "notset", "", *_SAME}:
            raise ConvError("error.padding_word", name=named.name(what), text=short(text))
    other_words = {"valid"} if "padding" in words_given else {"valid", *_SAME}
    if "padding" in named.members and words_given.get("auto_pad") in other_words:
        raise ConvError(
            "error.two_names", one=named.name("padding"), other="auto_pad", what="padding"
        )
    return any(text in _SAME for text in words_given.values())


def _has_four_pads(named: Named) -> bool:
    return "padding" in named.members and math.prod(named.members["padding"].shape) == 4


def _padding(named: Named) -> Padding:
    """The padding by its numbers: one, two, or four."""
    member = named.members.get("padding")
    if member is None or member.dtype.kind in "US":
        return 0, 0
    name, numbers = named.name("padding"), member.whole_numbers()
    if numbers is None or math.prod(member.shape) not in {1, 2, 4}:
        raise ConvError("error.padding_numbers", name=name)
    _check_range(name, numbers, PADDINGS)
    if len(numbers) < 4:
        return numbers[0], numbers[-1]
    return four_numbers(named, member.shape, numbers)
