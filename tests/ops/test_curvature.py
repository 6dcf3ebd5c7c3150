"""The curvature of the loss "target", and the settings that trainings begin with."""

from __future__ import annotations

import numpy as np
import pytest

from conv import ConvError, Geometry
from conv.ops.training import curvature, default_settings, train
from conv.ops.update import Settings

from .oracle import convolution
from .training_cases import every_case, setting_of, train_case


def second_derivatives(x, geometry):
    """For each group, the matrix of second derivatives of the loss "target" in the weights and
    the bias of its first filter: the products of the outputs of their unit vectors, in loops."""
    f, per_group, kh, kw = geometry.weight_size
    zeros = np.zeros(geometry.output_size)
    matrices = []
    for first in range(0, f, f // geometry.groups):
        outputs = []
        for cell in range(per_group * kh * kw + 1):
            w, b = np.zeros(geometry.weight_size), np.zeros(f)
            if cell < per_group * kh * kw:
                w[first].flat[cell] = 1
            else:
                b[first] = 1
            out = convolution(x, w, b, zeros, **geometry.parameters)["out"]
            outputs.append(out[:, first].ravel())
        matrices.append(np.array(outputs) @ np.array(outputs).T)
    return matrices


@pytest.mark.parametrize("leading", [0, -1])
@every_case
def test_the_curvature_is_the_largest_eigenvalue(name, leading):
    x, *_, geometry, _ = setting_of(name)
    x[:, leading] *= 3
    largest = max(np.linalg.eigvalsh(m)[-1] for m in second_derivatives(x, geometry))
    # From below, and slowly where the next eigenvalue is close.
    assert curvature(x, geometry) == pytest.approx(largest, rel=1e-4, abs=0)
    assert curvature(x, geometry) <= (1 + 1e-12) * largest


@every_case
def test_the_curvature_with_a_leading_direction_is_sharp(name):
    x, *_, geometry, _ = setting_of(name)
    x = x**2
    largest = max(np.linalg.eigvalsh(m)[-1] for m in second_derivatives(x, geometry))
    assert curvature(x, geometry) == pytest.approx(largest, rel=1e-8, abs=0)


def test_the_curvature_of_an_input_of_zeros_is_that_of_the_bias():
    geometry = Geometry((3, 2, 4, 5), (2, 2, 2, 2))
    assert curvature(np.zeros((3, 2, 4, 5)), geometry) == pytest.approx(3 * 3 * 4, rel=1e-12)


@every_case
def test_the_curvature_parts_rates_that_converge_from_rates_that_do_not(name):
    x, *_, geometry, _ = setting_of(name)
    for factor, falls in ((1.9, True), (2.1, False)):
        settings = Settings(factor / curvature(x, geometry))
        losses = train_case(name, "target", settings=settings, steps=50)["sgd"].losses
        assert (losses[-1] < losses[0]) == falls
        assert (losses[-1] < losses[-2]) == falls


@every_case
def test_under_the_default_settings_the_loss_falls_at_every_step(name):
    *data, geometry, target = setting_of(name)
    settings = default_settings("target", data[0], geometry)
    losses = train(*data, geometry, "target", settings, 10, target)["sgd"].losses
    assert np.all(np.diff(losses) < 0)


@every_case
def test_the_default_settings(name):
    x, *_, geometry, _ = setting_of(name)
    assert default_settings("sum", x, geometry) == Settings(0.01, 0.9, 0.75)
    settings = default_settings("target", x, geometry)
    assert settings.lr * curvature(x, geometry) == pytest.approx(1, rel=1e-12)
    assert settings.lr * settings.reg == pytest.approx(0.0075, rel=1e-12)
    assert settings.momentum == 0.9


@pytest.mark.parametrize("cell", [np.nan, np.inf, -np.inf, 1e80, 1e200])
def test_an_input_that_has_no_curvature_is_refused(cell):
    x, *_, geometry, _ = setting_of("plain")
    x[1, 0, 2, 1] = cell
    with pytest.raises(ConvError, match="x must be finite"):
        default_settings("target", x, geometry)


def test_settings_of_what_does_not_fit_are_refused():
    x, *_, geometry, _ = setting_of("plain")
    with pytest.raises(ConvError, match="loss must be one of"):
        default_settings("mean", x, geometry)
    with pytest.raises(ConvError, match="x must have the geometry's shape"):
        default_settings("target", x[:1], geometry)
