"""Layers of every geometry for the tests of trainings."""

from __future__ import annotations

import numpy as np
import pytest

from conv import Geometry
from conv.ops.training import train
from conv.ops.update import Settings

from .grid import case, tensors, uniform

STEPS = 6
SETTINGS = Settings(lr=0.03, momentum=0.8, reg=0.4)

# Rows and columns as (size, kernel, stride, padding, dilation); N, C, F, groups.
CASES = {
    "plain": case((5, 3, 1, 0, 1), (4, 2, 1, 0, 1), (2, 2, 3, 1)),
    "padding": case((4, 3, 1, 1, 1), (3, 2, 1, 2, 1), (1, 3, 2, 1)),
    "stride": case((6, 2, 2, 0, 1), (7, 3, 3, 1, 1), (2, 1, 3, 1)),
    "dilation": case((6, 2, 1, 1, 3), (5, 3, 1, 0, 2), (2, 2, 2, 1)),
    "groups": case((4, 2, 1, 0, 1), (5, 3, 1, 1, 1), (2, 4, 6, 2)),
    "depthwise": case((5, 3, 2, 2, 2), (6, 2, 3, 1, 2), (1, 3, 3, 3)),
}
every_case = pytest.mark.parametrize("name", CASES)


def setting_of(name):
    """x, w, b, grad_output, the geometry and a target of a case."""
    drawn = CASES[name]
    seed = list(CASES).index(name)
    geometry = Geometry(drawn.input_size, drawn.weight_size, **drawn.parameters)
    target = uniform(np.random.default_rng((seed, 1)), drawn.output_size)
    return *tensors(drawn, seed), geometry, target


def train_case(name, loss, *, settings=SETTINGS, steps=STEPS, **changes):
    *data, geometry, target = setting_of(name)
    return train(*data, geometry, loss, settings, steps, **{"target": target, **changes})
