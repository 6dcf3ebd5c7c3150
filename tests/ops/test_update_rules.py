"""The rules of one step, against their definitions, number by number."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from conv import ConvError
from conv.ops.update import UPDATES, Settings, step_of

from .grid import uniform
from .oracle import assert_cells

LR, MOMENTUM, REG = 0.3, 0.7, 0.2
SIZES = {"w": (3, 2, 2, 3), "b": (3,)}


def defined(rule, parameter, p, dp, previous):
    """(step, previous) of one number."""
    if (rule, parameter) == ("notebook", "w"):
        return LR * dp + LR * REG * previous, None
    if rule == "momentum":
        return LR * MOMENTUM * previous + LR * dp, MOMENTUM * previous + dp
    if rule == "weight_decay":
        return LR * dp + LR * REG * p, previous
    return LR * dp, previous


@pytest.mark.parametrize("parameter", ["w", "b"])
@pytest.mark.parametrize("rule", UPDATES)
def test_each_rule_is_its_definition(rule, parameter):
    size = SIZES[parameter]
    rng = np.random.default_rng(1)
    arrays = [uniform(rng, size) for _ in range(3)]
    before = [array.copy() for array in arrays]
    step, previous = step_of(rule, parameter, *arrays, LR, MOMENTUM, REG)
    expected = np.empty((2, *size))
    for cell in np.ndindex(*size):
        expected[:, *cell] = defined(rule, parameter, *(array[cell] for array in arrays))
    assert_cells(step, expected[0], 1)
    if (rule, parameter) == ("notebook", "w"):
        assert previous is arrays[0]
    else:
        assert previous is not arrays[0]
        assert_cells(previous, expected[1], 1)
    for array, copy in zip(arrays, before, strict=True):
        assert np.array_equal(array, copy)


@pytest.mark.parametrize("name", ["lr", "momentum", "reg"])
@pytest.mark.parametrize("value", [-1, -1e-9, np.inf, np.nan, "1", None, True])
def test_settings_are_checked(name, value):
    with pytest.raises(ConvError, match=f"^{name} must be a number >= 0, got {value!r}$"):
        Settings(**{"lr": 1.0, name: value})


def test_settings_are_floats_and_those_of_the_notebook():
    settings = Settings(1)
    assert (settings.lr, settings.momentum, settings.reg) == (1.0, 0.9, 0.75)
    numbers = Settings(np.float32(0.5), 0, 2)
    assert all(type(number) is float for number in (numbers.lr, numbers.momentum, numbers.reg))


def test_no_two_rules_take_the_same_step():
    rng = np.random.default_rng(2)
    arrays = [uniform(rng, SIZES["w"]) for _ in range(3)]
    steps = [step_of(rule, "w", *arrays, LR, MOMENTUM, REG)[0] for rule in UPDATES]
    for one, other in itertools.combinations(steps, 2):
        assert np.all(one != other)
