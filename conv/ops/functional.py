"""The convolution and its gradients: checks first, then the method that was asked for.

sum(out * grad_output) is linear in the input, in the weight and in grad_output. Its derivatives for
these are dx, dw and out: one sum of products seen three ways, each of two of the three tensors, in
the size of the third.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from .errors import ConvError
from .gemm import input_gemm, output_gemm, weight_gemm
from .geometry import Geometry, IntOrPads, IntOrPair, as_one_of
from .textbook import (
    Array,
    input_rot180,
    input_scatter,
    output_loops,
    weight_correlate,
    weight_patches,
)

OUTPUT_METHODS: Mapping[str, Callable[[Array, Array, Array, Geometry], Array]] = {
    "gemm": output_gemm,
    "loops": output_loops,
}
WEIGHT_METHODS: Mapping[str, Callable[[Array, Array, Geometry], Array]] = {
    "gemm": weight_gemm,
    "patches": weight_patches,
    "correlate": weight_correlate,
}
INPUT_METHODS: Mapping[str, Callable[[Array, Array, Geometry], Array]] = {
    "gemm": input_gemm,
    "scatter": input_scatter,
    "rot180": input_rot180,
}
Method = TypeVar("Method")


class Asked(TypedDict):
    """A geometry's parameters as they may be asked for."""

    stride: IntOrPair
    padding: IntOrPads
    dilation: IntOrPair
    groups: int


def conv2d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPads = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
    method: str = "gemm",
) -> Array:
    """The output of the layer: out[n, f, i, j] = b[f] + sum of patch(n, i, j) * w[f].

    input (N, C, H, W), weight (F, C/groups, KH, KW), bias (F) or None; returns (N, F, OH, OW) in
    the arguments' common dtype, float32 or float64. `method` is "gemm" or "loops". `padding` is
    one number of zeros, two (rows, columns), or four (top, bottom, left, right), here and for both
    gradients.

    Raises ConvError for arguments that are no such tensors or do not fit one another.

    Source: the notebook, sections 1 and 2; `torch.nn.functional.conv2d`.
    """
    run = _method(OUTPUT_METHODS, method)
    given = {"input": as_tensor("input", input, 4), "weight": as_tensor("weight", weight, 4)}
    if bias is not None:
        given["bias"] = as_tensor("bias", bias, 1)
    x, w, *rest = _one_dtype(*given.values())
    parameters = Asked(stride=stride, padding=padding, dilation=dilation, groups=groups)
    geometry = Geometry(x.shape, w.shape, **parameters)
    b = rest[0] if rest else np.zeros(len(w), w.dtype)
    if len(b) != len(w):
        raise ConvError("error.bias", filters=len(w), numbers=len(b))
    return run(x, w, b, geometry)


def conv2d_weight(
    input: ArrayLike,
    weight_size: Sequence[int],
    grad_output: ArrayLike,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPads = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
    method: str = "gemm",
) -> Array:
    """dw, the gradient of sum(out * grad_output) for the weight.

    input (N, C, H, W), weight_size (F, C/groups, KH, KW), grad_output (N, F, OH, OW); returns an
    array of weight_size. `method` is "gemm", "patches" or "correlate".

    Raises ConvError for arguments that are no such tensors or do not fit one another.

    Source: the notebook, section 3.1; `torch.nn.grad.conv2d_weight`.
    """
    parameters = Asked(stride=stride, padding=padding, dilation=dilation, groups=groups)
    run = _method(WEIGHT_METHODS, method)
    return _gradient(run, "input", input, {"weight": weight_size}, grad_output, parameters)


def conv2d_input(
    input_size: Sequence[int],
    weight: ArrayLike,
    grad_output: ArrayLike,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPads = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
    method: str = "gemm",
) -> Array:
    """dx, the gradient of sum(out * grad_output) for the input.

    input_size (N, C, H, W), weight (F, C/groups, KH, KW), grad_output (N, F, OH, OW); returns an
    array of input_size. `method` is "gemm", "scatter" or "rot180".

    Raises ConvError for arguments that are no such tensors or do not fit one another.

    Source: the notebook, section 3.2; `torch.nn.grad.conv2d_input`.
    """
    parameters = Asked(stride=stride, padding=padding, dilation=dilation, groups=groups)
    run = _method(INPUT_METHODS, method)
    return _gradient(run, "weight", weight, {"input": input_size}, grad_output, parameters)


def conv2d_bias(grad_output: ArrayLike) -> Array:
    """db (F), the gradient of sum(out * grad_output) for the bias: grad_output (N, F, OH, OW)
    summed over all but the filters. Raises ConvError. Source: the notebook, section 1."""
    db: Array = as_tensor("grad_output", grad_output, 4).sum(axis=(0, 2, 3))
    return db


def _gradient(
    run: Callable[[Array, Array, Geometry], Array],
    name: str,
    operand: ArrayLike,
    wanted: Mapping[str, Sequence[int]],
    grad_output: ArrayLike,
    parameters: Asked,
) -> Array:
    """The gradient for one operand of the convolution, whose size is `wanted`, of the other, which
    is called `name`. One function serves both: the sum has them as factors alike."""
    known, g = _one_dtype(as_tensor(name, operand, 4), as_tensor("grad_output", grad_output, 4))
    sizes = {name: known.shape, **wanted}
    geometry = Geometry(sizes["input"], sizes["weight"], **parameters)
    check_grad_output(g, geometry)
    return run(known, g, geometry)


def _method(methods: Mapping[str, Method], name: str) -> Method:
    return methods[as_one_of("method", name, list(methods))]


def as_tensor(name: str, value: ArrayLike, axes: int) -> Array:
    """`value` as float32 or float64 of `axes` axes; whole numbers become float64."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ConvError("error.ragged", name=name) from None
    except (TypeError, RuntimeError) as error:
        raise ConvError("error.array", name=name, reason=error) from None
    if array.ndim != axes or 0 in array.shape:
        raise ConvError("error.axes", name=name, axes=axes, shape=array.shape)
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind != "f" or array.dtype.itemsize not in (4, 8):
        raise ConvError("error.dtype", name=name, dtype=array.dtype)
    return array.astype(np.float32 if array.dtype.itemsize == 4 else np.float64, copy=False)


def _one_dtype(*arrays: Array) -> list[Array]:
    dtype = np.result_type(*arrays)
    return [array.astype(dtype, copy=False) for array in arrays]


def check_grad_output(grad_output: Array, geometry: Geometry) -> None:
    """Raises ConvError unless grad_output has the shape of the geometry's output."""
    if grad_output.shape != geometry.output_size:
        raise ConvError("error.grad_output", size=geometry.output_size, shape=grad_output.shape)
