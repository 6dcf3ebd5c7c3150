"""What the original notebook gets wrong: code that fails as it does, and the form that holds.

Each piece leaves the arrays `wrong` and `right`, which are shown cell by cell; the marks at the
lines' ends are those of `sections`. They are of one stride and padding for rows and columns and of
dilation 1, as the original is; the padding is that above the geometry's rows.
"""

from __future__ import annotations

from dataclasses import replace

from conv.ops.axis import Axis

from .indices import Followed
from .sections import weight_gradient

CLAIMED, PRINTED = -0.00025397, -8.46562862e-05
"""dw[0, 0, 0, 0] as the original's text has it, and as its printout does: the notebook, 3.1."""


def unseeded(at: Followed) -> str:
    """Weights that nobody can draw again. Source: the notebook, 1 and 2.1."""
    i, j = at.at
    return f"""\
{at.groups}draw = np.random.randn
print(np.array_equal(draw(*w.shape), draw(*w.shape)))
wrong = np.random.default_rng(1).standard_normal(w.shape)  #: wrong
right = np.random.default_rng(0).standard_normal(w.shape)  #: right
print(wrong[{at.f}, {at.c}])  #: wrong
print(right[{at.f}, {at.c}])  #: right
again = np.random.default_rng(0).standard_normal(w.shape)  #: right
print(np.array_equal(right, again))  #: right
patch = {at.pad}[{at.n}, :, {at.window(i, j)}]
print((patch * wrong[{at.f}]).sum() + b[{at.f}])  #: wrong
print((patch * right[{at.f}]).sum() + b[{at.f}])  #: right
print(abs(wrong - right).max())  #: difference
"""


def claim(at: Followed) -> str:
    """A number beside a printout that says otherwise. Source: the notebook, 3.1."""
    _, filters, oh, ow = at.geometry.output_size
    cell = f"{at.f}, {at.c}, {at.view.m}, {at.view.k}"
    return f"""\
{at.groups}claimed, printed = {CLAIMED}, {PRINTED}
print(claimed / printed)
x_pad = {at.pad}

def add_patches(dw):  #: wrong right
    for i, j in np.ndindex({oh}, {ow}):
        patch = x_pad[:, :, {at.window()}]
        for f in range({filters}):
            number = grad_output[:, f, i, j, None, None, None]
            dw[f] += (patch * number).sum(axis=0)

wrong = np.zeros_like(w)  #: wrong
for run in range(3):  #: wrong
    add_patches(wrong)  #: wrong
right = np.zeros_like(w)  #: right
add_patches(right)  #: right
print(wrong[{cell}])  #: wrong
print(right[{cell}])  #: right
print(np.allclose(wrong, 3 * right, atol=0))  #: difference
"""


def weight_stride(at: Followed) -> str:
    """dw by correlation, its stride in the wrong place. Source: the notebook, 3.1, method 2."""
    filters, _, kh, kw = at.geometry.weight_size
    pad = at.geometry.origin[0]
    return f"""\
{at.groups}stride, pad = 2, {pad}
x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
OH = (x_pad.shape[2] - {kh}) // stride + 1
OW = (x_pad.shape[3] - {kw}) // stride + 1
rng = np.random.default_rng(0)
grad_output = rng.standard_normal((len(x), {filters}, OH, OW))
wrong, right = np.zeros_like(w), np.zeros_like(w)  #: wrong right
for m, k in np.ndindex({kh}, {kw}):
    rows, columns = m * stride, k * stride  #: wrong
    view = x_pad[:, :, rows:rows + OH, columns:columns + OW]  #: wrong
    for f in range({filters}):
        product = view * grad_output[:, f, None]  #: wrong
        wrong[f, :, m, k] = product.sum(axis=(0, 2, 3))  #: wrong
    below, after = m + stride * OH, k + stride * OW  #: right
    view = x_pad[:, :, m:below:stride, k:after:stride][:, :, :OH, :OW]  #: right
    for f in range({filters}):
        product = view * grad_output[:, f, None]  #: right
        right[f, :, m, k] = product.sum(axis=(0, 2, 3))  #: right
print(wrong[{at.f}, {at.c}])  #: wrong
print(right[{at.f}, {at.c}])  #: right
print(abs(wrong - right).max())  #: difference
"""


def rotation_doubt(at: Followed) -> str:
    """A rotation that is doubted, and one that is not needed. Source: the notebook, 1 and 3.2."""
    g = at.geometry
    (n, c), (filters, _) = g.input_size[:2], g.weight_size[:2]
    (_, _, oh, ow), (hp, wp) = g.output_size, g.padded_size
    return f"""\
{at.groups}rotated = np.rot90(w, 2, axes=(2, 3))  #: kernel kernel_180
print(w[{at.f}, {at.c}])  #: kernel
print(rotated[{at.f}, {at.c}])  #: kernel_180
print(np.array_equal(rotated, w[:, :, ::-1, ::-1]))  #: kernel_180
swapped = np.rot90(w, 2)
print(np.array_equal(swapped, w[::-1, ::-1]))

def scatter(kernels):  #: wrong right
    dx_pad = np.zeros(({n}, {c}, {hp}, {wp}))
    for i, j in np.ndindex({oh}, {ow}):
        for f in range({filters}):
            number = grad_output[:, f, i, j, None, None, None]
            dx_pad[:, :, {at.window()}] += kernels[f] * number
    return dx_pad[:, :, {at.crop}]

wrong, right = scatter(rotated), scatter(w)  #: wrong right
print(abs(wrong - right).max())  #: difference
"""


def crop(at: Followed) -> str:
    """A slice that empties. Source: the notebook, 1 and 3.2."""
    n, c, h, w = at.geometry.input_size
    filters, _, kh, kw = at.geometry.weight_size
    oh, ow = Axis(h, kh).output, Axis(w, kw).output
    return f"""\
{at.groups}pad = 0
rng = np.random.default_rng(0)
grad_output = rng.standard_normal(({n}, {filters}, {oh}, {ow}))
dx_pad = np.zeros(({n}, {c}, {h} + 2 * pad, {w} + 2 * pad))
for i, j in np.ndindex({oh}, {ow}):
    for f in range({filters}):
        number = grad_output[:, f, i, j, None, None, None]
        dx_pad[:, :, i:i+{kh}, j:j+{kw}] += w[f] * number
wrong = dx_pad[:, :, pad:-pad, pad:-pad]  #: wrong
print(wrong.shape)  #: wrong
right = dx_pad[:, :, pad:pad + {h}, pad:pad + {w}]  #: right
print(right.shape)  #: right
try:
    np.zeros_like(x)[:, :, :, :] = wrong  #: wrong
except ValueError as error:
    print(error)  #: wrong
"""


def input_stride(at: Followed) -> str:
    """dx by rot180 without the stride's zeros. Source: the notebook, 3.2, method 2."""
    filters, _, kh, kw = at.geometry.weight_size
    n, _, h, w = at.geometry.input_size
    rows, columns = _corner(h, kh), _corner(w, kw)
    cut = (rows, columns) != (h, w)
    pad = _pad(at)
    down, across = Axis(rows, kh, 2, 1, pad, pad), Axis(columns, kw, 2, 1, pad, pad)
    oh, ow = down.output, across.output
    border = f"{down.full_border}, {across.full_border}"
    whole = _WHOLE.format(
        n=n,
        filters=filters,
        oh=replace(down, size=h).output,
        ow=replace(across, size=w).output,
        rows=rows,
        columns=columns,
    )
    return f"""\
{at.groups}stride, pad = 2, {pad}
rng = np.random.default_rng(0)
{_METHOD_2.format(kh=kh, kw=kw)}
{whole if cut else ""}\
grad_output = rng.standard_normal(({n}, {filters}, {oh}, {ow}))
wrong = method_2(x, grad_output)  #: wrong
spread = np.zeros(({n}, {filters}, {down.upsampled}, {across.upsampled}))  #: right
spread[:, :, ::stride, ::stride] = grad_output  #: right
full = np.pad(spread, ((0, 0), (0, 0), {border}))  #: right
{_RIGHT.format(rows=rows, columns=columns, kh=kh, kw=kw)}\
print(wrong[{at.n}, {at.c}])  #: wrong
print(right[{at.n}, {at.c}])  #: right
print(abs(wrong - right).max())  #: difference
"""


def input_kernel(at: Followed) -> str:
    """dx by rot180, looped over the output's rows. Source: the notebook, 3.2, method 2."""
    filters, channels = at.geometry.weight_size[:2]
    n, _, h, w = at.geometry.input_size
    oh, ow = h - 2, w - 2
    return f"""\
{at.groups}stride, pad = 1, 1
rng = np.random.default_rng(0)
w = rng.standard_normal(({filters}, {channels}, 5, 5))
grad_output = rng.standard_normal(({n}, {filters}, {oh}, {ow}))
{_METHOD_2.format(kh=5, kw=5)}
wrong = method_2(x, grad_output)  #: wrong
full = np.pad(grad_output, ((0, 0), (0, 0), (4, 4), (4, 4)))  #: right
{_RIGHT.format(rows=h, columns=w, kh=5, kw=5)}\
print(abs(wrong - right)[:, :, :{oh}, :{ow}].max())  #: difference
print(abs(wrong - right).max())  #: difference
"""


_METHOD_2 = """\
rotated = np.rot90(w, 2, axes=(2, 3))

def method_2(x, grad_output):  #: wrong
    OH, OW = grad_output.shape[2:]
    rows, columns = {kh} - 1 - pad, {kw} - 1 - pad  #: wrong
    border = ((0, 0), (0, 0), (rows, rows), (columns, columns))
    padded, dx = np.pad(grad_output, border), np.zeros_like(x)
    for i, j in np.ndindex(OH, OW):  #: wrong
        top, left = i * stride, j * stride  #: wrong
        window = padded[:, :, top:top + {kh}, left:left + {kw}]  #: wrong
        for c in range(x.shape[1]):
            product = window * rotated[:, c]
            dx[:, c, i, j] = product.sum(axis=(1, 2, 3))  #: wrong
    return dx
"""
_WHOLE = """\
try:
    method_2(x, rng.standard_normal(({n}, {filters}, {oh}, {ow})))
except ValueError as error:
    print(error)
x = x[:, :, :{rows}, :{columns}]
"""
_RIGHT = """\
right = np.zeros_like(x)  #: right
for p, q in np.ndindex({rows}, {columns}):  #: right
    top, left = p + pad, q + pad  #: right
    window = full[:, :, top:top + {kh}, left:left + {kw}]  #: right
    for c in range(x.shape[1]):
        product = window * rotated[:, c]
        right[:, c, p, q] = product.sum(axis=(1, 2, 3))  #: right
"""


def _pad(at: Followed) -> int:
    """A padding that the original's K - 1 - pad allows."""
    return min(at.geometry.origin[0], *(side - 1 for side in at.geometry.kernel))


def _corner(side: int, kernel: int) -> int:
    """Rows of a corner that is so small that no window of the original's ends beyond it."""
    return min(side, kernel + 2)


def fresh(at: Followed) -> str:
    """A step from weights that the gradient is not of. Source: the notebook, 3.3."""
    return f"""\
{weight_gradient(at)}\
lr, reg = 0.01, 0.75
fresh = np.random.default_rng(0).standard_normal(w.shape)  #: wrong
wrong = fresh - lr * (dw + reg * w)  #: wrong
right = w - lr * (dw + reg * w)  #: right
print(w[{at.f}, {at.c}])
print(wrong[{at.f}, {at.c}])  #: wrong
print(right[{at.f}, {at.c}])  #: right
print(abs(wrong - right).max())  #: difference
print(abs(right - w).max())  #: right
print(abs(wrong - w).max())  #: wrong
"""


def alias(at: Followed) -> str:
    """Another name for w in place of the last gradient. Source: the notebook, 1 and 3.3."""
    return f"""\
{weight_gradient(at)}\
lr, reg = 0.01, 0.75

def two_steps(remember):
    new, prev = w.copy(), np.zeros_like(w)
    for step in range(2):
        new -= lr * (dw + reg * prev)
        prev = remember(new)
    return new, prev

wrong, last = two_steps(lambda new: new)  #: wrong
print(last is wrong)  #: wrong
once = w - lr * dw
decayed = once - lr * (dw + reg * once)
print(np.array_equal(wrong, decayed))  #: wrong
right, last = two_steps(lambda new: dw.copy())  #: right
print(last is right)  #: right
print(wrong[{at.f}, {at.c}])  #: wrong
print(right[{at.f}, {at.c}])  #: right
print(abs(wrong - right).max())  #: difference
"""


def momentum(at: Followed) -> str:
    """A parameter that nothing reads. Source: the notebook, 1."""
    return f"""\
{weight_gradient(at)}\
lr, reg = 0.01, 0.75

def as_written(momentum, steps=3):  #: wrong
    new, prev = w.copy(), np.zeros_like(w)
    for step in range(steps):
        new -= lr * (dw + reg * prev)
        prev = new
    return new

def with_momentum(momentum, steps=3):  #: right
    new, prev, velocity = w.copy(), np.zeros_like(w), np.zeros_like(w)
    for step in range(steps):
        velocity = momentum * velocity + dw + reg * prev
        new -= lr * velocity
        prev = new
    return new

wrong, right = as_written(0.9), with_momentum(0.9)  #: wrong right
print(np.array_equal(as_written(0.9), as_written(0)))  #: wrong
print(np.array_equal(with_momentum(0.9), with_momentum(0)))  #: right
print(wrong[{at.f}, {at.c}])  #: wrong
print(right[{at.f}, {at.c}])  #: right
print(abs(wrong - right).max())  #: difference
"""
