"""What the shapes of a file's tensors look like, where they are not (N, C, H, W) and
(F, C/groups, KH, KW): a sentence that says it, and the code that would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from conv.ops import ConvError, Geometry
from conv.ops.geometry import Parameters
from conv.state.view import DILATIONS, KERNELS, PADDINGS, STRIDES

from .names import Named

Shape = tuple[int, ...]
# The axes that make (N, C, H, W) and (F, C, KH, KW) of another order.
_USUAL = (0, 1, 2, 3)
_INPUTS = {"N, C, H, W": _USUAL, "N, H, W, C": (0, 3, 1, 2)}
_WEIGHTS = {"F, C, KH, KW": _USUAL, "KH, KW, C, F": (3, 2, 0, 1), "F, KH, KW, C": (0, 3, 1, 2)}
# The more usual first: Keras, PyTorch's channels last, MLX.
_LAYOUTS = (
    ("N, H, W, C", "KH, KW, C, F"),
    ("N, H, W, C", "F, C, KH, KW"),
    ("N, H, W, C", "F, KH, KW, C"),
    ("N, C, H, W", "KH, KW, C, F"),
    ("N, C, H, W", "F, KH, KW, C"),
)


def check_axes(named: Named, what: str, axes: str) -> None:
    """Raises ConvError unless the tensor has so many axes, with the code that gives it them."""
    shape = named.members[what].shape
    if len(shape) == axes.count(",") + 1:
        return
    key = "error.axes_are"
    if what == "b":
        lines = [f"{named.item(what)} = {named.item(what)}.reshape(-1)"]
    elif _is_one_dimensional(named):
        key, lines = "error.axes_one_dimension", _with_rows(named)
    else:
        added = _axes_to_add(named, what)
        lines = [f"{named.item(what)} = {named.item(what)}[{added}]"] if added else []
        key = key if added else "error.axes_too_many"
    code = named.repaired(*lines) if lines else ""
    raise ConvError(key, name=named.name(what), axes=axes, shape=shape, code=code)


def _is_one_dimensional(named: Named) -> bool:
    """Whether x and w are (N, C, W) and (F, C/groups, KW)."""
    shapes = [named.members[what].shape for what in ("x", "w") if what in named.members]
    ranks = [len(shape) for shape in shapes]
    return ranks == [3, 3] and shapes[0][1] % shapes[1][1] == 0


def _with_rows(named: Named) -> list[str]:
    """The code that gives one-dimensional tensors rows, and their geometry none to move by."""
    tensors = [what for what in ("x", "w", "grad_output") if what in named.members]
    lines = [f"{named.item(what)} = {named.item(what)}[:, :, None]" for what in tensors]
    for what, rows in (("stride", 1), ("padding", 0), ("dilation", 1)):
        numbers = named.members[what].whole_numbers() if what in named.members else None
        if numbers and len(set(numbers)) == 1 and len(numbers) <= 2:
            lines.append(f"{named.item(what)} = ({rows}, {numbers[0]})")
    return lines


def _axes_to_add(named: Named, what: str) -> str | None:
    """The index that adds the axes which are missing: a batch of one, one channel or one filter."""
    rank = len(named.members[what].shape)
    if what == "w" and rank == 3 and _channels(named) == 1:
        return ":, None"
    return {1: "None, None, None", 2: "None, None", 3: "None"}.get(rank)


def _channels(named: Named) -> int:
    """The channels of x, whose first axes may be missing."""
    shape = named.members["x"].shape
    return 1 if len(shape) < 3 else shape[-3]


def infer_groups(named: Named, x: Shape, w: Shape) -> int:
    """The groups that the channels ask for; raises ConvError where they ask for none."""
    if x[1] % w[1]:
        raise ConvError("error.channels_of", x=named.name("x"), w=named.name("w"), xs=x, ws=w)
    groups = x[1] // w[1]
    if w[0] % groups:
        raise ConvError(
            "error.filters_of", x=named.name("x"), w=named.name("w"), xs=x, ws=w, groups=groups
        )
    return groups


def check_layout(
    named: Named, parameters: Parameters, groups: int | None, *, asks_grad: bool
) -> None:
    """Raises ConvError where another order of the axes fits, and the usual one does not or asks
    for `groups` that the file does not name (None). Without parameters' padding, as "same" has
    none, `grad_output` is not asked."""
    x, w = named.members["x"].shape, named.members["w"].shape
    grad = None
    if asks_grad and "grad_output" in named.members:
        grad = named.members["grad_output"].shape
    is_usual = (groups is not None or x[1] == w[1]) and max(w[2:]) <= KERNELS[-1]
    if is_usual and _fits(x, w, grad, parameters, groups):
        return
    found = _another_layout(named, grad, parameters, groups)
    may_be_transposed = w[0] == x[1] and x[1] != w[1] * (groups or max(1, x[1] // w[1]))
    if found is None or (may_be_transposed and x[2] == x[3] and w[2] == w[3]):
        if may_be_transposed:
            raise ConvError("error.looks_transposed", w=named.name("w"), ws=w, xs=x)
        return
    x_axes, w_axes = found
    orders = {"x": _INPUTS[x_axes], "w": _WEIGHTS[w_axes]}
    if "grad_output" in named.members:
        orders["grad_output"] = orders["x"]
    filters, channels = (_ordered(w, orders["w"])[axis] for axis in (0, 1))
    raise ConvError(
        "error.layout_depthwise" if filters == 1 < channels else "error.layout",
        x=named.name("x"),
        xs=x,
        x_axes=x_axes,
        w=named.name("w"),
        ws=w,
        w_axes=w_axes,
        code=_transposed(named, orders),
    )


def _another_layout(
    named: Named, grad: Shape | None, parameters: Parameters, groups: int | None
) -> tuple[str, str] | None:
    """The axes of x and w in the likeliest other order that fits: with as many filters as b has
    numbers, a square kernel, and a square input where that is one in any order."""
    x, w = named.members["x"].shape, named.members["w"].shape
    filters = named.members["b"].shape if "b" in named.members else None
    fitting = []
    for rank, (x_axes, w_axes) in enumerate(_LAYOUTS):
        sizes = _ordered(x, _INPUTS[x_axes]), _ordered(w, _WEIGHTS[w_axes])
        there = None if grad is None else _ordered(grad, _INPUTS[x_axes])
        is_small = max(sizes[1][2:]) <= KERNELS[-1]
        was_square = x[2] == x[3] and sizes[0][2] != sizes[0][3]
        if is_small and not was_square and _fits(*sizes, there, parameters, groups or 1):
            other_filters = filters is not None and filters != sizes[1][:1]
            is_oblong = sizes[1][2] != sizes[1][3]
            fitting.append((other_filters, is_oblong, rank, (x_axes, w_axes)))
    return min(fitting)[-1] if fitting else None


def looks_transposed(x: Shape, w: Shape) -> bool:
    """Whether w may be a transposed convolution's, (C, F, KH, KW)."""
    return w[0] == x[1] != w[1] > 1


def _fits(
    x: Shape, w: Shape, grad: Shape | None, parameters: Parameters, groups: int | None
) -> bool:
    asked: Parameters = {**parameters, "groups": groups or max(1, x[1] // w[1])}
    try:
        geometry = Geometry(x, w, **asked)
    except ConvError:
        return False
    return grad is None or grad == geometry.output_size


def _ordered(shape: Shape, order: Shape) -> Shape:
    return tuple(shape[axis] for axis in order)


def _transposed(named: Named, orders: Mapping[str, Shape]) -> str:
    """The code that puts the axes in order."""
    return named.repaired(
        *(
            f"{named.item(what)} = {named.item(what)}.transpose{order}"
            for what, order in orders.items()
            if order != _USUAL
        )
    )


def where_grad_output_fits(geometry: Geometry, grad: Shape) -> Iterator[tuple[str, int]]:
    """Which padding, stride or dilation, all others being equal, gives an output of this shape."""
    for name, values in (("padding", PADDINGS), ("stride", STRIDES), ("dilation", DILATIONS)):
        for value in values:
            try:
                other = replace(geometry, **{name: (value, value)})  # type: ignore[arg-type] # its pairs
            except ConvError:
                continue
            if other.output_size == grad:
                yield name, value
                break
