"""What the PyTorch code calls, by plain loops: for machines without PyTorch.

A tensor remembers of which tensors it was made and how to hand its gradient on to them.
"""

import contextlib
import types

import numpy as np

from ..ops.oracle import convolution


class Tensor:
    """A float64 array with as much of autograd as the snippets use."""

    def __init__(self, array, parents=()):
        self.array = np.asarray(array, np.float64)
        # (tensor, gradient at self -> gradient at the tensor), of those that want one by now.
        self.parents = [pair for pair in parents if pair[0].requires_grad]
        self.requires_grad = bool(self.parents)
        self.grad = None

    @property
    def shape(self):
        return self.array.shape

    def requires_grad_(self):
        self.requires_grad = True
        return self

    def backward(self, gradient=None):
        given = np.ones(self.shape) if gradient is None else gradient.array
        if not self.parents:
            self.grad = Tensor(given if self.grad is None else self.grad.array + given)
        for parent, hand_on in self.parents:
            parent.backward(Tensor(hand_on(given)))

    def item(self):
        return self.array.item()

    def sum(self):
        return Tensor(self.array.sum(), [(self, lambda g: g * np.ones(self.shape))])

    def mean(self):
        return Tensor(self.array.mean())

    def __getitem__(self, place):
        return Tensor(self.array[place])

    def __setitem__(self, place, value):
        self.array[place] = value.array

    def __add__(self, other):
        return Tensor(self.array + other.array, [(self, lambda g: g), (other, lambda g: g)])

    def __sub__(self, other):
        return Tensor(self.array - other.array, [(self, lambda g: g), (other, lambda g: -g)])

    def __mul__(self, other):
        if not isinstance(other, Tensor):
            return Tensor(self.array * other, [(self, lambda g: g * other)])
        factors = [(self, lambda g: g * other.array), (other, lambda g: g * self.array)]
        return Tensor(self.array * other.array, factors)

    __rmul__ = __mul__

    def __truediv__(self, number):
        return self * (1 / number)

    def __pow__(self, power):
        steps = [(self, lambda g: g * power * self.array ** (power - 1))]
        return Tensor(self.array**power, steps)

    def __isub__(self, other):
        self.array = self.array - other.array
        return self


def loops(x, w, b, g, geometry):
    pairs = {name: geometry[name] for name in ("stride", "padding", "dilation", "groups")}
    return convolution(x, w, b, g, **pairs)


def output_shape(x, w, geometry):
    sides = zip(
        *(x[2:], w[2:], geometry["stride"], geometry["padding"], geometry["dilation"]), strict=True
    )
    return (x[0], w[0], *((size + 2 * p - d * (k - 1) - 1) // s + 1 for size, k, s, p, d in sides))


def conv2d(x, w, b, **geometry):
    none = np.zeros(output_shape(x.shape, w.shape, geometry))
    out = loops(x.array, w.array, b.array, none, geometry)["out"]
    found = {}

    def hand_on(name):
        def gradient(g):
            if "of" not in found or found["of"] is not g:
                found.update(of=g, **loops(x.array, w.array, b.array, g, geometry))
            return found[name]

        return gradient

    return Tensor(out, [(x, hand_on("dx")), (w, hand_on("dw")), (b, hand_on("db"))])


def pad(x, pads):
    """The last axis comes first: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html"""
    left, right, top, bottom = pads
    (height, width), above = x.shape[2:], [(0, 0), (0, 0)]
    padded = np.pad(x.array, [*above, (top, bottom), (left, right)])
    inner = (..., slice(top, top + height), slice(left, left + width))
    return Tensor(padded, [(x, lambda g: g[inner])])


def conv2d_weight(x, weight_size, g, **geometry):
    w, b = np.zeros(weight_size), np.zeros(weight_size[0])
    return Tensor(loops(x.array, w, b, g.array, geometry)["dw"])


def conv2d_input(input_size, w, g, **geometry):
    x, b = np.zeros(input_size), np.zeros(w.shape[0])
    return Tensor(loops(x, w.array, b, g.array, geometry)["dx"])


class SGD:
    """https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html, line by line."""

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        self.parameters, self.lr, self.momentum = parameters, lr, momentum
        self.weight_decay = weight_decay
        self.buffers = [None] * len(parameters)

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None

    def step(self):
        for at, parameter in enumerate(self.parameters):
            g = parameter.grad.array + self.weight_decay * parameter.array
            before = self.buffers[at]
            self.buffers[at] = g if before is None else self.momentum * before + g
            parameter.array = parameter.array - self.lr * self.buffers[at]


def assert_close(actual, expected, *, rtol, atol, equal_nan):
    np.testing.assert_allclose(actual, expected, rtol, atol, equal_nan)


def module(name, **members):
    made = types.ModuleType(name)
    vars(made).update(members)
    return made


def modules():
    """The stand-in's modules by name."""
    functional = module("torch.nn.functional", conv2d=conv2d, pad=pad)
    grad = module("torch.nn.grad", conv2d_weight=conv2d_weight, conv2d_input=conv2d_input)
    testing = module("torch.testing", assert_close=assert_close)
    torch = module(
        "torch",
        float64=np.float64,
        tensor=lambda numbers, dtype: Tensor(np.array(numbers, dtype)),
        from_numpy=Tensor,
        zeros_like=lambda tensor: Tensor(np.zeros(tensor.shape)),
        no_grad=contextlib.nullcontext,
        optim=types.SimpleNamespace(SGD=SGD),
    )
    nn = module("torch.nn", functional=functional, grad=grad)
    named = (torch, nn, functional, grad, testing)
    return {one.__name__: one for one in named}
