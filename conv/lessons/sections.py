"""The walk's code: what each section of the notebook derives, for one layer and one place of it.

A line ends with `#:` and the names of the panels that it is about, which no reader sees. `x`, `w`,
`b` and `grad_output` are given.
"""

from __future__ import annotations

from .indices import Followed


def define(at: Followed) -> str:
    """The layer. Source: the notebook, 1."""
    oh, ow = at.geometry.output_size[2:]
    return f"""\
{at.groups}class ConvLayer:
    def __init__(self, w, b, lr=0.01):  #: kernel
        self.w, self.b, self.lr = w.copy(), b.copy(), lr  #: kernel

    def forward(self, x):  #: input_pad patch output
        self.x_pad = {at.pad}  #: input_pad
        out = np.zeros((len(x), len(self.w), {oh}, {ow}))  #: output
        for i, j in np.ndindex({oh}, {ow}):  #: output
            patch = self.x_pad[:, :, {at.window()}]  #: input_pad patch
            for f in range(len(self.w)):
                product = patch * self.w[f]  #: patch kernel
                out[:, f, i, j] = product.sum(axis=(1, 2, 3)) + self.b[f]  #: output
        return out  #: output

    def backward(self, grad_output):  #: grad_output dw dx
        dw, db = np.zeros_like(self.w), grad_output.sum(axis=(0, 2, 3))  #: dw
        dx_pad = np.zeros_like(self.x_pad)  #: dx
        for i, j in np.ndindex({oh}, {ow}):  #: grad_output
            patch = self.x_pad[:, :, {at.window()}]  #: input_pad patch
            for f in range(len(self.w)):
                number = grad_output[:, f, i, j, None, None, None]  #: grad_output
                dw[f] += (patch * number).sum(axis=0)  #: patch grad_output dw
                dx_pad[:, :, {at.window()}] += self.w[f] * number  #: kernel dx
        self.w -= self.lr * dw  #: kernel dw
        self.b -= self.lr * db
        return dx_pad[:, :, {at.crop}], dw, db  #: dx dw

layer = ConvLayer(w, b)
out = layer.forward(x)  #: output
dx, dw, db = layer.backward(grad_output)  #: grad_output dx dw
print(out.shape, dx.shape, dw.shape, db.shape)
print(out[{at.n}, {at.f}, {at.view.i}, {at.view.j}])  #: output
print(dw[{at.f}, {at.c}])  #: dw
"""


def forward(at: Followed) -> str:
    """The forward pass as a whole. Source: the notebook, 2."""
    _, filters, oh, ow = at.geometry.output_size
    (sh, sw), (eh, ew) = at.geometry.stride, at.geometry.extent
    corner = at.corner(at.at, (oh, ow))
    return f"""\
{at.groups}print(x.shape)  #: input_pad
print(w.shape, b.shape)  #: kernel
x_pad = {at.pad}  #: input_pad
print(x_pad.shape)  #: input_pad
OH = (x_pad.shape[2] - {eh}) // {sh} + 1  #: output
OW = (x_pad.shape[3] - {ew}) // {sw} + 1  #: output
out = np.zeros((len(x), {filters}, OH, OW))  #: output
for i, j in np.ndindex(OH, OW):  #: output
    patch = x_pad[:, :, {at.window()}]  #: input_pad
    for f in range({filters}):
        product = patch * w[f]  #: kernel
        out[:, f, i, j] = product.sum(axis=(1, 2, 3)) + b[f]  #: output
print(out.shape)  #: output
print(out[{at.n}, {at.f}, {corner}])  #: output
"""


def derivation(at: Followed) -> str:
    """One output cell, line by line. Source: the notebook, 2.1."""
    window = at.window(*at.at)
    return f"""\
{at.groups}x_pad = {at.pad}  #: input_pad
print(x_pad.shape)  #: input_pad
patch = x_pad[{at.n}, :, {window}]  #: input_pad patch
print(patch.shape)  #: input_pad
print(patch[{at.c}])  #: patch
kernel = w[{at.f}]  #: kernel
print(kernel[{at.c}])  #: kernel
product = patch * kernel  #: patch kernel product
print(product[{at.c}])  #: product
channels = product.sum(axis=(1, 2))  #: product
print(channels[{at.c}])  #: product
print(b[{at.f}])
output = channels.sum() + b[{at.f}]  #: output
print(output)  #: output
"""


def backward(at: Followed) -> str:
    """What one number of top_diff does. Source: the notebook, 3."""
    i, j = at.at
    corner = at.corner(at.at, at.geometry.output_size[2:])
    return f"""\
{at.groups}print(grad_output.shape)  #: grad_output
print(grad_output[{at.n}, {at.f}, {corner}])  #: grad_output
number = grad_output[{at.n}, {at.f}, {i}, {j}]  #: grad_output
print(number)  #: grad_output
x_pad = {at.pad}  #: input_pad
patch = x_pad[{at.n}, {at.c}, {at.window(i, j)}]  #: input_pad
step_patches = patch * number  #: input_pad grad_output step_patches
print(step_patches)  #: step_patches
step_scatter = w[{at.f}, {at.c}] * number  #: kernel grad_output step_scatter
print(step_scatter)  #: step_scatter
db = grad_output.sum(axis=(0, 2, 3))  #: grad_output
print(db.shape)
print(db[{at.f}])
"""


def weight(at: Followed) -> str:
    """dw by both methods. Source: the notebook, 3.1."""
    _, filters, oh, ow = at.geometry.output_size
    kh, kw = at.geometry.kernel
    return f"""\
{at.groups}x_pad = {at.pad}  #: input_pad input_view
dw_patches = np.zeros_like(w)  #: dw_patches
for i, j in np.ndindex({oh}, {ow}):  #: grad_output
    patch = x_pad[:, :, {at.window()}]  #: input_pad
    for f in range({filters}):
        number = grad_output[:, f, i, j, None, None, None]  #: grad_output
        step = patch * number  #: step_patches
        dw_patches[f] += step.sum(axis=0)  #: step_patches dw_patches
print(dw_patches.shape)  #: dw_patches
print(dw_patches[{at.f}, {at.c}])  #: dw_patches dw
dw_correlate = np.zeros_like(w)  #: dw_correlate
for m, k in np.ndindex({kh}, {kw}):  #: dw_correlate
    view = x_pad[:, :, {at.shifted()}]  #: input_view
    for f in range({filters}):
        product = view * grad_output[:, f, None]  #: input_view grad_output_all step_correlate
        dw_correlate[f, :, m, k] = product.sum(axis=(0, 2, 3))  #: step_correlate dw_correlate
print(dw_correlate[{at.f}, {at.c}])  #: dw_correlate dw
print(abs(dw_patches - dw_correlate).max())  #: difference
"""


def input_(at: Followed) -> str:
    """dx by both methods. Source: the notebook, 3.2."""
    g = at.geometry
    (n, c, h, w), (filters, _), (oh, ow) = g.input_size, g.weight_size[:2], g.output_size[2:]
    (sh, sw), (hp, wp), (uh, uw) = g.stride, g.padded_size, g.upsampled_size
    corner = at.corner((at.view.p, at.view.q), (h, w))
    spread = f"""\
spread = np.zeros(({n}, {filters}, {uh}, {uw}))  #: grad_output_pad
spread[:, :, ::{sh}, ::{sw}] = grad_output  #: grad_output grad_output_pad
"""
    strided = (sh, sw) != (1, 1)
    border = ", ".join(str(axis.full_border) for axis in g.axes)
    source = "spread" if strided else "grad_output"
    return f"""\
{at.groups}dx_pad = np.zeros(({n}, {c}, {hp}, {wp}))  #: dx_scatter
for i, j in np.ndindex({oh}, {ow}):  #: grad_output
    for f in range({filters}):
        number = grad_output[:, f, i, j, None, None, None]  #: grad_output
        step = w[f] * number  #: kernel grad_output step_scatter
        dx_pad[:, :, {at.window()}] += step  #: step_scatter dx_scatter
print(dx_pad.shape)  #: dx_scatter
dx_scatter = dx_pad[:, :, {at.crop}]  #: dx_scatter
print(dx_scatter[{at.n}, {at.c}, {corner}])  #: dx_scatter dx
rotated = np.rot90(w, 2, axes=(2, 3))  #: kernel kernel_rot180
print(rotated[{at.f}, {at.c}])  #: kernel_rot180
{spread if strided else ""}\
full = np.pad({source}, ((0, 0), (0, 0), {border}))  #: grad_output_pad
print(full.shape)  #: grad_output_pad
dx_rot180 = np.zeros_like(x)  #: dx_rot180
for p, q in np.ndindex({h}, {w}):  #: dx_rot180
    window = full[:, :, {at.full()}]  #: grad_output_pad
    for c in range({c}):
        product = window * rotated[:, c]  #: kernel_rot180 step_rot180
        dx_rot180[:, c, p, q] = product.sum(axis=(1, 2, 3))  #: step_rot180 dx_rot180
print(dx_rot180[{at.n}, {at.c}, {corner}])  #: dx_rot180 dx
print(abs(dx_scatter - dx_rot180).max())  #: difference
"""


def update(at: Followed) -> str:
    """A training step. Source: the notebook, 3.3."""
    return f"""\
{weight_gradient(at, "  #: dw")}\
db = grad_output.sum(axis=(0, 2, 3))
lr, reg = 0.01, 0.75
prev = np.zeros_like(w)
step = lr * (dw + reg * prev)  #: dw step
w_new, b_new = w - step, b - lr * db  #: kernel step kernel_new
print(w[{at.f}, {at.c}])  #: kernel
print(step[{at.f}, {at.c}])  #: step
print(w_new[{at.f}, {at.c}])  #: kernel_new
print(b_new[{at.f}])
print((dw * w).sum() + (db * b).sum())  #: kernel dw
print((dw * w_new).sum() + (db * b_new).sum())  #: kernel_new dw
"""


def weight_gradient(at: Followed, mark: str = "") -> str:
    """dw, for code that needs it and is about something else; `mark` ends each of its lines."""
    _, filters, oh, ow = at.geometry.output_size
    return f"""\
{at.groups}x_pad = {at.pad}
dw = np.zeros_like(w){mark}
for i, j in np.ndindex({oh}, {ow}):{mark}
    patch = x_pad[:, :, {at.window()}]{mark}
    for f in range({filters}):
        number = grad_output[:, f, i, j, None, None, None]{mark}
        dw[f] += (patch * number).sum(axis=0){mark}
"""


def rotation(at: Followed) -> str:
    """Two turns by 90 degrees. Source: the notebook, the section on rotating an array."""
    return f"""\
{at.groups}array = np.arange(9).reshape(3, 3)  #: array
print(array)  #: array
once = np.rot90(array)  #: array array_90
print(once)  #: array_90
twice = np.rot90(once)  #: array_90 array_180
print(twice)  #: array_180
print(np.array_equal(twice, array[::-1, ::-1]))  #: array array_180
kernel = w[{at.f}, {at.c}]  #: kernel
print(kernel)  #: kernel
kernel_90 = np.rot90(kernel)  #: kernel kernel_90
print(kernel_90)  #: kernel_90
kernel_180 = np.rot90(kernel, 2)  #: kernel kernel_180
print(kernel_180)  #: kernel_180
rotated = np.rot90(w, 2, axes=(2, 3))  #: kernel kernel_180
print(np.array_equal(rotated[{at.f}, {at.c}], kernel_180))  #: kernel_180
"""


def broadcasting(at: Followed) -> str:
    """A product of arrays of unlike shapes. Source: the notebook, on NumPy's product."""
    i, j = at.at
    return f"""\
{at.groups}array = np.arange(12).reshape(2, 2, 3)  #: array_0 array_1
print(array)  #: array_0 array_1
numbers = np.array([10, 100])[:, None, None]  #: numbers_0 numbers_1
print(array.shape, numbers.shape)
print(array * numbers)  #: product_0 product_1
print(array.sum(axis=0))  #: array_0 array_1
x_pad = {at.pad}
patch = x_pad[:, :, {at.window(i, j)}]  #: patch
number = grad_output[:, {at.f}, {i}, {j}, None, None, None]  #: number
print(patch.shape, number.shape)  #: patch number
print(number[{at.n}, 0, 0, 0])  #: number
step = patch * number  #: patch number step_patches
print(step[{at.n}, {at.c}])  #: step_patches
print(step.sum(axis=0).shape)
"""


def logarithm(at: Followed) -> str:
    """The logarithm of the loss. Source: the notebook, its last cell, and data_pic/README.md."""
    del at  # one code for all layers
    return """\
print(np.log(2.7))  #: logarithms
print(np.log10(2.7))  #: logarithms
print(np.log2(2.7))  #: logarithms
print(np.exp(np.log(2.7)))  #: logarithms
print(10 ** np.log(2.7))  #: logarithms
print(np.log(10), np.log10(10))  #: logarithms
scores = np.array([2.0, 1.0, -1.0])
p = np.exp(scores) / np.exp(scores).sum()  #: loss
print(p)  #: loss
print(-np.log(p[0]))  #: loss
dscores = p - np.array([1, 0, 0])  #: loss
print(dscores)  #: loss
print(dscores / np.log(10))  #: loss
"""
