"""The bundle: the tensors that a view looks at, and what the operators make of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .ops import ConvError, conv2d, conv2d_input, conv2d_weight
from .ops.agreement import input_magnitudes, weight_magnitudes
from .ops.geometry import Geometry, listed, shown
from .ops.textbook import Array
from .ops.training import MOST_STEPS, KernelPath, Run, default_settings, train, train_kernel
from .ops.update import Settings
from .view import DATA, Sizes, View
from .words import Words

DATA_PIC = Path(__file__).resolve().parent.parent / "data_pic"


@dataclass(frozen=True)
class Note:
    """A sentence of the catalogue on how data were read, and its values."""

    key: str
    values: Mapping[str, object]

    def sentence(self, say: Words) -> str:
        """In the language of these words."""
        return say(self.key, **self.values)


@dataclass(frozen=True)
class DataSet:
    """Tensors of one layer as they come from a file, float64: x (N, C, H, W), w (F, C/groups,
    KH, KW), b (F), grad_output (N, F, OH, OW) or None; pictures (N, H, W, 3) of uint8 and a
    name for each item, or none. `default` is the view that it opens with; `file` the name of the
    reader's file that they come from, and `notes` how it was read."""

    x: Array
    w: Array
    b: Array
    grad_output: Array | None
    default: View
    pictures: NDArray[np.uint8] | None = None
    labels: tuple[str, ...] = ()
    file: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def sizes(self) -> Sizes:
        """What a view may pick from."""
        return Sizes(
            _size4(self.x),
            _size4(self.w),
            None if self.grad_output is None else _size4(self.grad_output),
            self.x.shape[1] // self.w.shape[1],
            self.default,
        )


@dataclass(frozen=True)
class Bundle:
    """The tensors under a view's geometry. `seeded_weight` says that a seeded normal has taken
    the place of the file's weight, which has another size."""

    x: Array
    w: Array
    b: Array
    grad_output: Array
    geometry: Geometry
    top_diff: str
    seeded_weight: bool


@dataclass(frozen=True, eq=False)
class Results:
    """Both passes of a bundle, each gradient by each of its methods, and for each of its cells the
    sum of the magnitudes of its products: worked out when they are asked for, and kept."""

    bundle: Bundle

    @cached_property
    def out(self) -> Array:
        """The output (N, F, OH, OW)."""
        made = self.bundle
        return conv2d(made.x, made.w, made.b, **made.geometry.parameters)

    @cached_property
    def dw_patches(self) -> Array:
        """dw (F, C/groups, KH, KW) by patches."""
        return self._dw("patches")

    @cached_property
    def dw_correlate(self) -> Array:
        """dw by correlation."""
        return self._dw("correlate")

    @cached_property
    def dw_gemm(self) -> Array:
        """dw by the fast engine."""
        return self._dw("gemm")

    @cached_property
    def dx_scatter(self) -> Array:
        """dx (N, C, H, W) by scatter."""
        return self._dx("scatter")

    @cached_property
    def dx_rot180(self) -> Array:
        """dx by the rot180 convolution."""
        return self._dx("rot180")

    @cached_property
    def dx_gemm(self) -> Array:
        """dx by the fast engine."""
        return self._dx("gemm")

    @cached_property
    def dw_size(self) -> Array:
        """For each cell of dw the sum of the magnitudes of its products."""
        made = self.bundle
        return weight_magnitudes(made.x, made.grad_output, made.geometry)

    @cached_property
    def dx_size(self) -> Array:
        """For each cell of dx the sum of the magnitudes of its products."""
        made = self.bundle
        return input_magnitudes(made.w, made.grad_output, made.geometry)

    @property
    def worked_out(self) -> Mapping[str, Array]:
        """What has been asked for so far."""
        return {name: value for name, value in vars(self).items() if name != "bundle"}

    def _dw(self, method: str) -> Array:
        x, w, g, geometry = self._operands
        return conv2d_weight(x, w.shape, g, **geometry.parameters, method=method)

    def _dx(self, method: str) -> Array:
        x, w, g, geometry = self._operands
        return conv2d_input(x.shape, w, g, **geometry.parameters, method=method)

    @property
    def _operands(self) -> tuple[Array, Array, Array, Geometry]:
        made = self.bundle
        return made.x, made.w, made.grad_output, made.geometry


@dataclass(frozen=True)
class Training:
    """A run of MOST_STEPS steps from a bundle's weights under each of UPDATES. `at_zero` is the
    loss of a layer whose weights and bias are 0, which both losses have."""

    runs: Mapping[str, Run]
    settings: Settings
    loss: str
    at_zero: float

    def diverged(self, rule: str) -> bool:
        """Whether a run left the finite numbers, or came out worse than it began and than zeros:
        the loss "sum" has no least value, so that it falls for ever and none is worse."""
        run = self.runs[rule]
        if not (np.isfinite(run.losses).all() and np.isfinite(run.largest_w).all()):
            return True
        return self.loss == "target" and run.losses[-1] > max(run.losses[0], self.at_zero)


@dataclass(frozen=True)
class Lesson:
    """A training, and under each of its rules the path of one kernel."""

    training: Training
    paths: Mapping[str, KernelPath]


def load(name: str) -> DataSet:
    """The data set called `name`, one of `conv.view.DATA`. Its arrays cannot be written to.

    Raises ConvError for another name, or where its files are missing.
    """
    if name not in _LOADERS:
        raise ConvError("error.one_of", name="data", known=listed(DATA), value=shown(name))
    try:
        return _load(name)
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise ConvError("error.data_missing", name=name, file=missing) from None


def sizes_of(name: str) -> Sizes:
    """The sizes of the data set called `name`."""
    return load(name).sizes


def make_bundle(view: View, data: DataSet) -> Bundle:
    """The tensors of a legal view."""
    sizes = data.sizes
    geometry = sizes.geometry(view)
    seeded = not sizes.weight_fits(view)
    w = _seeded_weight(geometry, view.seed) if seeded else data.w
    grad_output = _TOP_DIFFS[view.top_diff](data, w, geometry, view.seed)
    return Bundle(data.x, w, data.b, grad_output, geometry, view.top_diff, seeded)


def make_training(view: View, bundle: Bundle) -> Training:
    """The training that a view asks for by its loss, pace and seed, on all items and filters."""
    x, w, b, geometry = bundle.x, bundle.w, bundle.b, bundle.geometry
    own, pace = default_settings(view.loss, x, geometry), float(view.pace)
    # lr * reg, the share of w that a step's decay takes, is the same at every pace.
    settings = Settings(own.lr * pace, own.momentum, own.reg / pace)
    target = _target(view, bundle)
    runs = train(x, w, b, bundle.grad_output, geometry, view.loss, settings, MOST_STEPS, target)
    at_zero = 0.0 if target is None else float(np.sum(target**2) / 2)
    return Training(runs, settings, view.loss, at_zero)


def learn(view: View, bundle: Bundle, training: Training | None = None) -> Lesson:
    """The training that a view asks for, and the paths of its kernel; `training` spares the
    first, which all kernels share."""
    known = training or make_training(view, bundle)
    kernel = (view.f, view.c % bundle.w.shape[1])
    tensors = (bundle.x, bundle.w, bundle.b, bundle.grad_output, bundle.geometry)
    target = _target(view, bundle)
    paths = train_kernel(*tensors, view.loss, known.settings, MOST_STEPS, kernel, target)
    return Lesson(known, paths)


def _target(view: View, bundle: Bundle) -> Array | None:
    """The output of the same layer with other weights: w and a normal of w's root mean square.
    None for a loss without a target."""
    if view.loss != "target":
        return None
    w = bundle.w
    size = np.sqrt(np.mean(w**2))
    other = w + size * np.random.default_rng((view.seed, 2)).standard_normal(w.shape)
    return conv2d(bundle.x, other, bundle.b, **bundle.geometry.parameters)


def _seeded_weight(geometry: Geometry, seed: int) -> Array:
    """A normal of variance 1/fan-in, so that the output is of the input's size whatever the
    kernel (LeCun et al., "Efficient BackProp", 1998)."""
    fan_in = int(np.prod(geometry.weight_size[1:]))
    rng = np.random.default_rng((seed, 0))
    weight: Array = rng.standard_normal(geometry.weight_size) / np.sqrt(fan_in)
    return weight


def _from_file(data: DataSet, w: Array, geometry: Geometry, seed: int) -> Array:  # noqa: ARG001
    assert data.grad_output is not None  # noqa: S101 - a legal view asks for it where it is
    return data.grad_output


def _from_output(data: DataSet, w: Array, geometry: Geometry, seed: int) -> Array:  # noqa: ARG001
    return conv2d(data.x, w, data.b, **geometry.parameters)


def _from_ones(data: DataSet, w: Array, geometry: Geometry, seed: int) -> Array:  # noqa: ARG001
    return np.ones(geometry.output_size)


def _from_normal(data: DataSet, w: Array, geometry: Geometry, seed: int) -> Array:  # noqa: ARG001
    return np.random.default_rng((seed, 1)).standard_normal(geometry.output_size)


_TOP_DIFFS: Mapping[str, Callable[[DataSet, Array, Geometry, int], Array]] = {
    "file": _from_file,
    "output": _from_output,
    "ones": _from_ones,
    "normal": _from_normal,
}


def _size4(array: Array) -> tuple[int, int, int, int]:
    n, c, h, w = array.shape
    return n, c, h, w


def _notebook() -> DataSet:
    """The notebook's layer. Source: the notebook, sections 2 and 3; data_pic/README.md."""
    classes = json.loads((DATA_PIC / "classes.json").read_text(encoding="utf-8"))
    return DataSet(
        x=np.load(DATA_PIC / "data_3_relu1[10-32-14-14].npy"),
        w=np.load(DATA_PIC / "weight[16-32-3-3].npy"),
        b=np.load(DATA_PIC / "bias[16].npy"),
        grad_output=np.load(DATA_PIC / "residual_7_maxpooling[10 16 14 14].npy"),
        default=View(data="notebook", n=1, c=7, f=10, i=6, j=6, m=1, k=1, p=6, q=6),
        pictures=np.load(DATA_PIC / "crops[10-32-32-3].npy").astype(np.uint8),
        labels=tuple(classes),
    )


def _paper() -> DataSet:
    """Small whole numbers, to follow with a pencil; no two rows, columns or rotations alike."""
    x = [[1, 0, 2, 1, 3], [0, 3, 1, 2, 0], [2, 1, 0, 4, 1], [1, 2, 3, 0, 2], [0, 1, 1, 2, 5]]
    w = [[1, 0, -1], [2, 1, 0], [0, -2, 3]]
    grad_output = [[1, 0, -1], [2, 1, 0], [0, 3, -2]]
    return DataSet(
        x=np.array([[x]], float),
        w=np.array([[w]], float),
        b=np.array([1.0]),
        grad_output=np.array([[grad_output]], float),
        default=View(data="paper", i=1, j=1, m=1, k=1, p=2, q=2, padding=(0, 0)),
    )


def _sobel() -> DataSet:
    """A grey photograph under the horizontal and the vertical kernel of I. Sobel and G. Feldman,
    "A 3x3 isotropic gradient operator for image processing", 1968."""
    photo = np.load(DATA_PIC / "photo_gray[64-64].npy").astype(float)
    across = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], float)
    return DataSet(
        x=photo[None, None],
        w=np.stack([across, across.T])[:, None],
        b=np.zeros(2),
        grad_output=None,
        default=View(data="sobel", i=20, j=30, m=1, k=1, p=20, q=30, top_diff="output"),
    )


_LOADERS: Mapping[str, Callable[[], DataSet]] = {
    "notebook": _notebook,
    "paper": _paper,
    "sobel": _sobel,
}


@cache
def _load(name: str) -> DataSet:
    data = _LOADERS[name]()
    for array in (data.x, data.w, data.b, data.grad_output, data.pictures):
        if array is not None:
            array.setflags(write=False)
    return data
