"""The notebook's layer: parameters, forward, backward and the update step."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .errors import ConvError
from .functional import conv2d, conv2d_bias, conv2d_input, conv2d_weight
from .geometry import IntOrPair, as_int, as_number, as_pair
from .textbook import Array

UPDATES = ("notebook", "sgd", "momentum", "weight_decay")


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
        pad: IntOrPair = 1,
        momentum: float = 0.9,
        reg: float = 0.75,
        name: str = "Conv",
        *,
        update: str = "notebook",
        rng: int | np.random.Generator | None = None,
    ) -> None:
        if update not in UPDATES:
            known = ", ".join(repr(rule) for rule in UPDATES)
            raise ConvError(f"update must be one of {known}, got {update!r}")
        try:
            generator = np.random.default_rng(rng)
        except (TypeError, ValueError):
            raise ConvError(f"rng must be a seed or a Generator, got {rng!r}") from None
        filters = as_int("out_channel", out_channel, 1)
        self.w: Array = generator.standard_normal(
            (filters, as_int("in_channel", in_channel, 1), *as_pair("kernel_size", kernel_size, 1))
        )
        self.b: Array = generator.standard_normal(filters)
        self.layer_name = name
        self.lr = as_number("lr", lr)
        self.stride = as_pair("stride", stride, 1)
        self.pad = as_pair("pad", pad, 0)
        self.momentum = as_number("momentum", momentum)
        self.reg = as_number("reg", reg)
        self.update = update
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
            raise ConvError("backward needs an input: call forward first")
        x, stride, padding = self.bottom_val, self.stride, self.pad
        dw = conv2d_weight(x, self.w.shape, residual, stride=stride, padding=padding)
        dx = conv2d_input(x.shape, self.w, residual, stride=stride, padding=padding)
        self._step(dw, conv2d_bias(residual))
        return dx

    def _step(self, dw: Array, db: Array) -> None:
        if self.update == "notebook":
            self.w -= self.lr * (dw + self.prev_gradient_w * self.reg)
            self.b -= self.lr * db
            self.prev_gradient_w = self.w
        elif self.update == "momentum":
            self.prev_gradient_w = self.momentum * self.prev_gradient_w + dw
            self.prev_gradient_b = self.momentum * self.prev_gradient_b + db
            self.w -= self.lr * self.prev_gradient_w
            self.b -= self.lr * self.prev_gradient_b
        else:
            decay = self.reg if self.update == "weight_decay" else 0.0
            self.w -= self.lr * (dw + decay * self.w)
            self.b -= self.lr * (db + decay * self.b)
