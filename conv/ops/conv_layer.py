"""The notebook's layer: parameters, forward, backward and the update step."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .errors import ConvError
from .functional import conv2d, conv2d_bias, conv2d_input, conv2d_weight
from .geometry import (
    MOST_ELEMENTS,
    IntOrPads,
    IntOrPair,
    as_int,
    as_number,
    as_one_of,
    as_padding,
    as_pair,
    shown,
)
from .textbook import Array
from .update import UPDATES, step_of


class ConvLayer:
    """A convolution layer that learns, with the notebook's signature and behaviour.

    w (out_channel, in_channel, KH, KW) and b (out_channel) start as standard normals from `rng`,
    a seed or a Generator. `update` says what `backward` does to them:

    - "notebook": w -= lr * (dw + reg * prev_gradient_w), b -= lr * db, prev_gradient_w = w. The
      last line binds the same array, so from the second step on this is weight decay of w, and
      `momentum` is never used.
    - "sgd": p -= lr * dp, for w and b.
    - "momentum": v = momentum * v + dp, p -= lr * v, for w and b.
    - "weight_decay": p -= lr * (dp + reg * p), for w and b.

    Raises ConvError for sizes and parameters that are not legal.

    Source: the notebook, sections 1 and 3.3; the last three are `torch.optim.SGD`.
    """

    def __init__(
        self,
        in_channel: int,
        out_channel: int,
        kernel_size: IntOrPair,
        lr: float = 0.01,
        stride: IntOrPair = 1,
        pad: IntOrPads = 1,
        momentum: float = 0.9,
        reg: float = 0.75,
        name: str = "Conv",
        *,
        update: str = "notebook",
        rng: int | np.random.Generator | None = None,
    ) -> None:
        rule = as_one_of("update", update, UPDATES)
        try:
            generator = np.random.default_rng(rng)
        except (TypeError, ValueError):
            raise ConvError("error.rng", rng=shown(rng)) from None
        filters = as_int("out_channel", out_channel, 1)
        channels = as_int("in_channel", in_channel, 1)
        size = filters, channels, *as_pair("kernel_size", kernel_size, 1)
        if math.prod(size) > MOST_ELEMENTS:
            raise ConvError("error.weight_elements", size=size, most=MOST_ELEMENTS)
        self.w: Array = generator.standard_normal(size)
        self.b: Array = generator.standard_normal(filters)
        self.layer_name = name
        self.lr = as_number("lr", lr)
        self.stride = as_pair("stride", stride, 1)
        self.pad = as_padding("pad", pad)
        self.momentum = as_number("momentum", momentum)
        self.reg = as_number("reg", reg)
        self.update = rule
        self.prev_gradient_w: Array = np.zeros_like(self.w)
        self.prev_gradient_b: Array = np.zeros_like(self.b)
        self.bottom_val: Array | None = None
        self.out: Array | None = None

    def forward(self, in_data: ArrayLike) -> tuple[Array, Array, Array]:
        """(out, w, b) for in_data (N, C, H, W); w and b are the layer's own arrays."""
        self.out = conv2d(in_data, self.w, self.b, stride=self.stride, padding=self.pad)
        self.bottom_val = np.asarray(in_data)
        return self.out, self.w, self.b

    def backward(self, residual: ArrayLike) -> Array:
        """dx (N, C, H, W) for residual (N, F, OH, OW), the gradient at the last output; then
        one update step of w and b. Raises ConvError before the first forward."""
        if self.bottom_val is None:
            raise ConvError("error.backward_first")
        x, stride, padding = self.bottom_val, self.stride, self.pad
        dw = conv2d_weight(x, self.w.shape, residual, stride=stride, padding=padding)
        dx = conv2d_input(x.shape, self.w, residual, stride=stride, padding=padding)
        self._step(dw, conv2d_bias(residual))
        return dx

    def _step(self, dw: Array, db: Array) -> None:
        rule, numbers = self.update, (self.lr, self.momentum, self.reg)
        step, self.prev_gradient_w = step_of(rule, "w", self.w, dw, self.prev_gradient_w, *numbers)
        self.w -= step
        step, self.prev_gradient_b = step_of(rule, "b", self.b, db, self.prev_gradient_b, *numbers)
        self.b -= step
