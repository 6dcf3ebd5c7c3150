"""What the shapes of a file's tensors look like, where they are not (N, C, H, W) and
(F, C/groups, KH, KW): a sentence that says it, and the code that would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from conv.ops import ConvError, Geometry
from conv.ops.geometry import Parameters
from conv.view import DILATIONS, KERNELS, PADDINGS, STRIDES

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
_FIRST_AXES = {1: "None, None, None", 2: "None, None", 3: "None"}


def check_axes(named: Named, what: str, axes: str) -> None:
    """Raises ConvError unless the tensor has so many axes, with the code that gives it them."""
    name, item, shape = named.name(what), named.item(what), named.members[what].shape
    if len(shape) == axes.count(",") + 1:
        return
    key, code = "error.axes_are", ""
    if what == "b":
        code = f"{item} = {item}.reshape(-1)"
    elif {len(named.members[one].shape) for one in ("x", "w") if one in named.members} == {3}:
        x, w = named.item("x"), named.item("w")
        key, code = "error.axes_one_dimension", f"{x}, {w} = {x}[:, :, None], {w}[:, :, None]"
    elif len(shape) in _FIRST_AXES:
        code = f"{item} = {item}[{_FIRST_AXES[len(shape)]}]"
    else:
        key = "error.axes_too_many"
    whole = named.repaired(code) if code else ""
    raise ConvError(key, name=name, axes=axes, shape=shape, code=whole)


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
    for x_axes, w_axes in _LAYOUTS:
        x_order, w_order = _INPUTS[x_axes], _WEIGHTS[w_axes]
        sizes = _ordered(x, x_order), _ordered(w, w_order)
        grad_there = None if grad is None else _ordered(grad, x_order)
        small = max(sizes[1][2:]) <= KERNELS[-1]
        if small and _fits(*sizes, grad_there, parameters, groups or 1):
            orders = {"x": x_order, "w": w_order}
            if grad:
                orders["grad_output"] = x_order
            raise ConvError(
                "error.layout_depthwise" if sizes[1][0] == 1 < sizes[1][1] else "error.layout",
                x=named.name("x"),
                xs=x,
                x_axes=x_axes,
                w=named.name("w"),
                ws=w,
                w_axes=w_axes,
                code=_transposed(named, orders),
            )
    if x[1] != w[1] * (groups or max(1, x[1] // w[1])) and w[0] == x[1]:
        raise ConvError("error.looks_transposed", w=named.name("w"), ws=w, xs=x)


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
