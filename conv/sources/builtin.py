"""The built-in data sets."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from conv.layer import DataSet
from conv.state.rooms import DATA
from conv.state.view import View

from .registry import BuiltIn

DATA_PIC = Path(__file__).resolve().parents[2] / "data_pic"


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


for _position, (_name, _load) in enumerate(
    {"notebook": _notebook, "paper": _paper, "sobel": _sobel}.items()
):
    DATA.add(BuiltIn(name=_name, position=_position, load=_load))
