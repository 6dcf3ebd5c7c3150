"""The training up to the view's step in NumPy code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conv.spot import Spot
from conv.training_runs import training_runs_of

from .numpy_parts import IMPORT, X_PAD, geometry_lines
from .writing import arrays, cell_name, code, literal, tensor_lines

_VIEW = '''
def view(m, k):
    """$view"""
    return x_pad[..., m * d0 : m * d0 + OH * s0 : s0, k * d1 : k * d1 + OW * s1 : s1]
'''
_CONV = '''
def conv(w, b):
    """$conv"""
    out = sum(
        np.einsum("$forward", view(m, k), w[..., m, k])
        for m, k in np.ndindex(KH, KW)
    )
    return out + b[..., None, None]
'''
_CONV_DW = '''
def conv_dw(g):
    """$conv_dw"""
    total = np.zeros(w.shape)
    for m, k in np.ndindex(KH, KW):
        total[..., m, k] = np.einsum("$backward", view(m, k), g)
    return total
'''
_TARGET = """
rng = np.random.default_rng(($seed, 2))
other = w + np.sqrt((w**2).mean()) * rng.standard_normal(w.shape)
target = conv(other, b)  # $target
"""
_LOSSES: Mapping[str, str] = {
    "sum": '''
def loss_of(out):
    """$loss_sum"""
    return (out * top_diff).sum(), top_diff
''',
    "target": '''
def loss_of(out):
    """$loss_target"""
    return ((out - target) ** 2).sum() / 2, out - target
''',
}
_RULES: Mapping[str, tuple[str, str, str]] = {
    "notebook": (
        "lr, reg = $lr, $reg",
        "prev = np.zeros(w.shape)",
        """
    w -= lr * (grad_w + reg * prev)
    b -= lr * grad_b
    prev = w  # $alias
""",
    ),
    "sgd": (
        "lr = $lr",
        "",
        """
    w -= lr * grad_w
    b -= lr * grad_b
""",
    ),
    "momentum": (
        "lr, momentum = $lr, $momentum",
        "v_w, v_b = np.zeros(w.shape), np.zeros(b.shape)",
        """
    v_w = momentum * v_w + grad_w
    v_b = momentum * v_b + grad_b
    w -= lr * v_w
    b -= lr * v_b
""",
    ),
    "weight_decay": (
        "lr, reg = $lr, $reg",
        "",
        """
    w -= lr * (grad_w + reg * w)
    b -= lr * (grad_b + reg * b)
""",
    ),
}
_TRAINING = """
losses = []
for _ in range($steps):  # $training
    loss, grad_out = loss_of(conv(w, b))
    losses.append(loss)
    grad_w, grad_b = conv_dw(grad_out), grad_out.sum(axis=(0, -2, -1))
    kernel, dw = w[$at].copy(), grad_w[$at]
"""
_TRAINED = """
kernel_new = w[$at]
step = kernel_new - kernel
losses.append(loss_of(conv(w, b))[0])
print("$w_cell:", kernel[m, k], "->", kernel_new[m, k])
print("loss:", losses[-2], "->", losses[-1])
"""


def training_code(spot: Spot, file_name: str) -> str:
    """The code of the scene "update"."""
    view, groups = spot.view, spot.geometry.groups
    training = training_runs_of(spot).training
    settings = training.settings
    names = ("x", "w", "b") if view.loss == "target" else ("x", "w", "b", "top_diff")
    start, before, step = _RULES[view.rule]
    at = "f, c" if groups == 1 else "g, f, c"
    return code(
        spot,
        IMPORT,
        tensor_lines(arrays(spot.bundle, names), file_name, "np.array({})", "{}"),
        _picked(spot),
        geometry_lines(spot.geometry),
        X_PAD,
        _group_axis(groups, names) if groups > 1 else "",
        _VIEW,
        _CONV,
        _CONV_DW,
        _TARGET if view.loss == "target" else "",
        _LOSSES[view.loss],
        "\n".join(line for line in (start, before) if line) + _TRAINING.rstrip("\n") + step,
        _TRAINED,
        at=at,
        steps=view.t + 1,
        seed=view.seed,
        lr=literal(settings.lr),
        momentum=literal(settings.momentum),
        reg=literal(settings.reg),
        forward="ncij,fc->nfij" if groups == 1 else "ngcij,gfc->ngfij",
        backward="ncij,nfij->fc" if groups == 1 else "ngcij,ngfij->gfc",
        w_cell=cell_name("w", (view.f, spot.kernel_channel, view.m, view.k)),
    )


def _picked(spot: Spot) -> str:
    view, geometry = spot.view, spot.geometry
    cell = f"m, k = {view.m}, {view.k}  # $picked_mk"
    if geometry.groups == 1:
        return f"f, c = {view.f}, {view.c}  # $picked_fc\n{cell}"
    g, f = divmod(view.f, geometry.weight_size[0] // geometry.groups)
    return f"g, f, c = {g}, {f}, {spot.kernel_channel}  # $picked_gfc\n{cell}"


def _group_axis(groups: int, names: Sequence[str]) -> str:
    """Gives each tensor an axis for the groups."""
    lines = ["# $group_axis"]
    for name in ("x_pad", *names[1:]):
        ahead = f"len({name}), " if name in {"x_pad", "top_diff"} else ""
        rest = {"x_pad": ", HP, WP", "w": ", *w.shape[1:]", "b": "", "top_diff": ", OH, OW"}[name]
        lines.append(f"{name} = {name}.reshape({ahead}{groups}, -1{rest})")
    return "\n".join(lines)
