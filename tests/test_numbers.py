"""How numbers are written."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conv.numbers import cell_texts, number, power_text, products


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 3, "0"),
        (228.16981617, 3, "228"),
        (0.48789643, 3, "0.488"),
        (-1499.06910742, 6, "−1499.07"),
        (1.64330032e-09, 3, "1.64e−09"),
        (-3, 3, "−3"),
        (9.996, 3, "10.0"),
        (-0.9996, 3, "−1.00"),
        (0.00071, 3, "7.10e−04"),
        (1234567.5, 3, "1.23e+06"),
        (math.nan, 3, "NaN"),
        (math.inf, 3, "∞"),
        (-math.inf, 3, "−∞"),
        (5e-324, 3, "4.94e−324"),
    ],
)
def test_number(value, digits, text):
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("values", "rows", "power"),
    [
        ([[0.0633, -0.0029], [0.0845, 0.0112]], (("6.33", "−0.29"), ("8.45", "1.12")), -2),
        ([[273.2, 639.0]], (("273", "639"),), 0),
        ([[1, 0], [-2, 3]], (("1", "0"), ("−2", "3")), 0),
        ([[1.5e-9, 0.0]], (("1.50", "0"),), -9),
        ([[0.488, 1e-9]], (("4.88e−01", "1.00e−09"),), 0),
        ([[12345.5, 500.25]], (("1.23", "0.05"),), 4),
        ([[math.nan, 2.5]], (("NaN", "2.50"),), 0),
        ([[0.0]], (("0",),), 0),
    ],
)
def test_cell_texts(values, rows, power):
    texts = cell_texts(np.array(values, float))
    assert (texts.rows, texts.power) == (rows, power)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=9))
def test_nothing_but_zero_reads_as_zero(values):
    texts = cell_texts(np.array([values]))
    for value, text in zip(values, texts.rows[0], strict=True):
        read = float(text.replace("−", "-"))
        assert (read == 0) == (value == 0)
        assert read == 0 or math.copysign(1, read) == math.copysign(1, value)


@given(st.floats(min_value=1e-200, max_value=1e200))
def test_number_is_right_to_its_digits(value):
    read = float(number(value).replace("−", "-"))
    assert read == pytest.approx(value, rel=0.0051)


def test_power_and_products():
    assert power_text(-14) == "×10⁻¹⁴"
    a, b = np.arange(1.0, 5), np.array([2.0, -1.0, 0.5, 0])
    assert products(a, b) == "1 × 2 + 2 × −1 + 3 × 0.500 + 4 × 0"
    assert products(a, b, most=2) == "1 × 2 + 2 × −1 + …"
