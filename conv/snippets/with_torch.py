"""PyTorch code that holds what a scene shows against autograd.

It computes what the scene is of by `torch.nn.functional.conv2d` and its gradients, in float64, and
holds the picked cells against the page's numbers, which stand in it. The tensors are those of the
NumPy code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np

from conv.ops import conv2d_input, conv2d_weight
from conv.ops.geometry import Geometry
from conv.ops.textbook import Array, pad
from conv.ops.wrong_gradients import MISTAKE, right
from conv.spot import Spot
from conv.training_runs import training_runs_of
from conv.words import words

from .writing import are_literals, arrays, cell_name, code, literal, tensor_lines

# No order of summation promises more of a cell than this share of its products' magnitudes.
_ROUNDING = 1e-12
_TENSORS = ("x", "w", "b", "top_diff")

_GEOMETRY = """
geometry = {"stride": $stride, "padding": $padding, "dilation": $dilation, "groups": $groups}
"""
_PADS = """pads = $pads  # $left_right_top_bottom
"""
_CHECK = '''
def check(name, value, page, atol):
    """$check"""
    print(name, "=", value.item())
    assert_close(value.item(), page, rtol=1e-9, atol=atol, equal_nan=True)
'''
_FORWARD = """
out = conv2d($x_pad, w, b, **geometry)
"""
_BACKWARD = """
for tensor in (x, w, b):
    tensor.requires_grad_()
out = conv2d($x_pad, w, b, **geometry)
out.backward(top_diff)  # $backward
dx, dw, db = x.grad, w.grad, b.grad
"""
_WEIGHT = """
w.requires_grad_()
out = conv2d($x_pad, w, b, **geometry)
out.backward(top_diff)  # $backward
dw = w.grad
item = slice($n, $n_end)  # $item_alone
dw_item = conv2d_weight($x_item, w.shape, top_diff[item], **geometry)
"""
_INPUT = """
x.requires_grad_()
out = conv2d($x_pad, w, b, **geometry)
out.backward(top_diff)  # $backward
dx = x.grad
one_filter = torch.zeros_like(top_diff)
one_filter[:, $f] = top_diff[:, $f]
"""
_FILTER_ALONE = """dx_filter = conv2d_input(x.shape, w, one_filter, **geometry)  # $filter_alone
"""
_FILTER_ALONE_UNEVEN = """x_pad = $x_pad
dx_pad = conv2d_input(x_pad.shape, w, one_filter, **geometry)  # $filter_alone
dx_filter = dx_pad[:, :, $inner]
"""
_TARGET = """
rng = np.random.default_rng(($seed, 2))
noise = torch.from_numpy(rng.standard_normal(w.shape))
target = conv2d($x_pad, w + (w**2).mean() ** 0.5 * noise, b, **geometry)  # $target
"""
_LOSSES: Mapping[str, str] = {
    "sum": """
def loss_of(out):
    return (out * top_diff).sum()
""",
    "target": """
def loss_of(out):
    return ((out - target) ** 2).sum() / 2
""",
}
_OPTIMIZERS: Mapping[str, str] = {
    "sgd": "torch.optim.SGD([w, b], lr=$lr)",
    "momentum": "torch.optim.SGD([w, b], lr=$lr, momentum=$momentum)",
    "weight_decay": "torch.optim.SGD([w, b], lr=$lr, weight_decay=$reg)",
}
_TRAINING = """
w.requires_grad_()
b.requires_grad_()
optimizer = {optimizer}
for _ in range($steps):  # $training
    optimizer.zero_grad()
    loss = loss_of(conv2d($x_pad, w, b, **geometry))
    loss.backward()
    optimizer.step()
"""
_NOTEBOOK = """
w.requires_grad_()
b.requires_grad_()
lr, reg = $lr, $reg
prev = torch.zeros_like(w)
for _ in range($steps):  # $training
    w.grad, b.grad = None, None
    loss = loss_of(conv2d($x_pad, w, b, **geometry))
    loss.backward()
    with torch.no_grad():
        w -= lr * (w.grad + reg * prev)
        b -= lr * b.grad
        prev = w  # $alias
"""


def overview(spot: Spot, file_name: str) -> str:
    """Both passes of one window."""
    checks = (_out_check(spot), _dw_check(spot), _dx_check(spot))
    return _code(spot, file_name, _TENSORS, _BACKWARD, "\n".join(checks))


def forward(spot: Spot, file_name: str) -> str:
    """The output."""
    return _code(spot, file_name, _TENSORS[:3], _FORWARD, _out_check(spot))


def weight(spot: Spot, file_name: str) -> str:
    """dw, and an item's share of it."""
    view, parameters = spot.view, spot.geometry.parameters
    item = slice(view.n, view.n + 1)
    x, g = spot.bundle.x[item], spot.bundle.grad_output[item]
    share = conv2d_weight(x, spot.geometry.weight_size, g, **parameters)
    cell = spot.weight_cell
    of_item = _check("dw_item", cell, share[cell], spot.results.dw_size[cell])
    imports = ("from torch.nn.grad import conv2d_weight",)
    checks = f"{_dw_check(spot)}\n{of_item}"
    return _code(
        spot, file_name, _TENSORS, _WEIGHT, checks, imports=imports, n=view.n, n_end=view.n + 1
    )


def input_(spot: Spot, file_name: str) -> str:
    """dx, and a filter's share of it."""
    view, parameters = spot.view, spot.geometry.parameters
    g = np.zeros_like(spot.bundle.grad_output)
    g[:, view.f] = spot.bundle.grad_output[:, view.f]
    share = conv2d_input(spot.geometry.input_size, spot.bundle.w, g, **parameters)
    cell = spot.input_cell
    of_filter = _check("dx_filter", cell, share[cell], spot.results.dx_size[cell])
    imports = ("from torch.nn.grad import conv2d_input",)
    checks = f"{_dx_check(spot)}\n{of_filter}"
    alone = _FILTER_ALONE_UNEVEN if spot.geometry.is_uneven else _FILTER_ALONE
    return _code(spot, file_name, _TENSORS, _INPUT + alone, checks, imports=imports, f=view.f)


def mistakes(spot: Spot, file_name: str) -> str:
    """The right gradient of a mistake."""
    mistake = MISTAKE[spot.view.mistake]
    given = spot.given
    found, expected = mistake.wrong(given), right(mistake.tensor, given)
    if mistake.tensor == "db":
        cell: tuple[int, ...] = (spot.view.f,)
        size = np.abs(spot.bundle.grad_output[:, spot.view.f]).sum()
        checks = _check("db", cell, expected[cell], size)
    else:
        is_dw = mistake.tensor == "dw"
        cell = spot.weight_cell if is_dw else spot.input_cell
        checks = _dw_check(spot) if is_dw else _dx_check(spot)
    if found.shape == expected.shape:
        checks += f'\nprint("$page_says:", {literal(found[cell])})'
    else:
        checks += f'\nprint("$page_says:", {found.shape})'
    title = words(spot.view.lang)(f"mistake.{mistake.name}")
    return _code(spot, file_name, _TENSORS, _BACKWARD, f"# {title}\n{checks}")


def update(spot: Spot, file_name: str) -> str:
    """The training up to the view's step."""
    view = spot.view
    made = training_runs_of(spot)
    run, path = made.training.runs[view.rule], made.paths[view.rule]
    settings, t, cell = made.training.settings, view.t, spot.weight_cell
    to_target = view.loss == "target"
    training = (
        _NOTEBOOK if view.rule == "notebook" else _TRAINING.format(optimizer=_OPTIMIZERS[view.rule])
    )
    losses, dw, w = run.losses[: t + 2], path.dw[t, view.m, view.k], path.w[t + 1, view.m, view.k]
    dw_size, w_size = _largest(run.largest_dw[: t + 1]), _largest(run.largest_w[: t + 2])
    checks = (
        "after = loss_of(conv2d($x_pad, w, b, **geometry))",
        _line("loss", "loss", losses[t], _largest(losses)),
        _line("loss after it", "after", losses[t + 1], _largest(losses)),
        _line(cell_name("dw", cell), cell_name("w.grad", cell), dw, dw_size),
        _check("w", cell, w, w_size),
    )
    return _code(
        spot,
        file_name,
        _TENSORS[:3] if to_target else _TENSORS,
        *((_TARGET,) if to_target else ()),
        _LOSSES[view.loss],
        training,
        "\n".join(checks),
        imports=("import numpy as np",) if to_target else (),
        seed=view.seed,
        steps=t + 1,
        lr=literal(settings.lr),
        momentum=literal(settings.momentum),
        reg=literal(settings.reg),
    )


def _code(
    spot: Spot,
    file_name: str,
    names: Sequence[str],
    *parts: str,
    imports: Sequence[str] = (),
    **values: object,
) -> str:
    """Imports, the tensors `names`, the geometry and `check` above the parts."""
    tensors = arrays(spot.bundle, names)
    lines = {
        *imports,
        "import torch",
        f"from torch.nn.functional import conv2d{', pad' if spot.geometry.is_uneven else ''}",
        "from torch.testing import assert_close",
        *(() if are_literals(tensors) else ("import numpy as np",)),
    }
    # Modules first, then what is taken from them.
    return code(
        spot,
        "\n".join(sorted(lines, key=lambda line: (line.startswith("from"), line))),
        tensor_lines(
            tensors, file_name, "torch.tensor({}, dtype=torch.float64)", "torch.from_numpy({})"
        ),
        _GEOMETRY + (_PADS if spot.geometry.is_uneven else ""),
        _CHECK,
        *parts,
        **{**spot.geometry.parameters, **_padded(spot.geometry), **values},
    )


def _padded(geometry: Geometry) -> dict[str, object]:
    """How the code pads: conv2d does where it can, by as much before as behind."""
    if not geometry.is_uneven:
        return {"x_pad": "x", "x_item": "x[item]"}
    (top, bottom), (left, right) = geometry.pads
    rows, columns = (f"{axis.start}:{axis.stop}" for axis in geometry.inner)
    return {
        "padding": (0, 0),
        "pads": (left, right, top, bottom),
        "x_pad": "pad(x, pads)",
        "x_item": "pad(x[item], pads)",
        "inner": f"{rows}, {columns}",
    }


def _out_check(spot: Spot) -> str:
    view, geometry = spot.view, spot.geometry
    x_pad = pad(spot.bundle.x[view.n, geometry.channels_of(view.f)], geometry.pads)
    products = x_pad[:, *geometry.window(view.i, view.j)] * spot.bundle.w[view.f]
    cell = (view.n, view.f, view.i, view.j)
    size = np.abs(products).sum() + np.abs(spot.bundle.b[view.f])
    return _check("out", cell, spot.results.out[cell], size)


def _dw_check(spot: Spot) -> str:
    cell, results = spot.weight_cell, spot.results
    return _check("dw", cell, results.dw_gemm[cell], results.dw_size[cell])


def _dx_check(spot: Spot) -> str:
    cell, results = spot.input_cell, spot.results
    return _check("dx", cell, results.dx_gemm[cell], results.dx_size[cell])


def _check(tensor: str, cell: tuple[int, ...], value: float, size: float) -> str:
    name = cell_name(tensor, cell)
    return _line(name, name, value, size)


def _line(name: str, value: str, page: float, size: float) -> str:
    """Holds a value against the page's number; `size` is that of the numbers it is the sum of."""
    atol = _ROUNDING * float(size)
    return f'check("{name}", {value}, {literal(page)}, atol={atol if isfinite(atol) else 0.0:.1e})'


def _largest(values: Array) -> float:
    """How large the numbers of a training get, whose rounding every later step takes on."""
    return 1e3 * float(np.abs(values).max())
