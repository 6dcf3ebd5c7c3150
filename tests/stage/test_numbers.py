"""The browser writes numbers as Python does, sign for sign."""

import math

import numpy as np
import pytest

from conv.numbers import cell_texts, number, power_text, products
from tests.node import run

WRITE_ALL = """({ cellTexts, number, powerText, productsText }, [arrays, powers]) => ({
    cells: arrays.map((array) => cellTexts(array)),
    products: arrays.map((array) => productsText(array, [...array].reverse())),
    numbers: [2, 3, 6].map((digits) => arrays.flat().map((value) => number(value, digits))),
    powers: powers.map(powerText),
    float32: cellTexts(new Float32Array(arrays.flat().slice(0, 100))),
})"""
POWERS = range(-324, 309)
SPECIAL = [math.nan, math.inf, -math.inf, 0.0, -0.0]
# Where a rule changes, and the doubles on both sides of it.
EDGES = [
    float(f"{digits}e{power}")
    for digits in ("1", "5", "9.5", "9.95", "9.995", "9.996", "9.9995", "9.9999999")
    for power in (*range(-16, 24), *POWERS[::17], POWERS[-1])
]
NEAR_EDGES = [float(np.nextafter(edge, side)) for edge in EDGES for side in (0.0, np.inf)]


@pytest.fixture(scope="module")
def arrays():
    """Lists of numbers as the panels hold them, and harder ones."""
    rng = np.random.default_rng(0)
    makers = [
        lambda size: rng.uniform(-1, 1, size),
        lambda size: rng.normal(0, 300, size),
        lambda size: rng.uniform(-1, 1, size) * 10 ** rng.uniform(-12, 8),
        lambda size: 10 ** rng.uniform(-12, 8, size),
        lambda size: rng.uniform(1, 10, size) * 10 ** rng.uniform(-2, 6),
        lambda size: rng.uniform(-1, 1, size) * 10.0 ** rng.integers(-320, 300),
        lambda size: rng.integers(-300, 300, size),
        lambda size: rng.integers(-(10**6), 10**6, size) * 10.0 ** rng.integers(0, 12),
        # Ties of the first, second or third digit, exact and as near as a double gets.
        lambda size: rng.integers(-2000, 2000, size) / 2.0 ** rng.integers(0, 9),
        lambda size: (rng.integers(0, 1000, size) * 10 + 5) * 10.0 ** rng.integers(-12, 9),
        lambda size: (rng.integers(0, 1000, size) * 10 + 5) / 10.0 ** rng.integers(0, 20),
        lambda size: rng.choice(EDGES + NEAR_EDGES, size),
    ]
    changes = [
        lambda array: array,
        np.float32,
        lambda array: np.where(rng.random(array.shape) < 0.3, 0.0, array),
        lambda array: np.where(rng.random(array.shape) < 0.2, rng.choice(SPECIAL), array),
    ]
    sizes = (1, 4, 9, 25, 49)
    with np.errstate(over="ignore"):
        return [
            change(make(size)).astype(float).tolist()
            for make in makers
            for change in changes
            for size in sizes
        ] + [[value] for value in SPECIAL + EDGES + NEAR_EDGES]


@pytest.fixture(scope="module")
def values(arrays):
    return [value for array in arrays for value in array]


@pytest.fixture(scope="module")
def written(arrays):
    """What the browser writes."""
    return run("numbers", WRITE_ALL, [arrays, list(POWERS)])


def in_python(array):
    texts = cell_texts(np.array([array]))
    return {"texts": list(texts.rows[0]), "power": texts.power}


def assert_same(given, browser, python):
    assert len(given) == len(browser) == len(python)
    assert [trio for trio in zip(given, browser, python, strict=True) if trio[1] != trio[2]] == []


def test_cells(arrays, written):
    assert_same(arrays, written["cells"], [in_python(array) for array in arrays])


def test_cells_of_float32(values, written):
    with np.errstate(over="ignore"):
        assert written["float32"] == in_python(np.float32(values[:100]))


@pytest.mark.parametrize(("place", "digits"), [(0, 2), (1, 3), (2, 6)])
def test_numbers(values, written, place, digits):
    python = [number(value, digits) for value in values]
    assert_same(values, written["numbers"][place], python)


def test_products(arrays, written):
    python = [products(np.array(array), np.array(array[::-1])) for array in arrays]
    assert_same(arrays, written["products"], python)


def test_powers(written):
    assert_same(POWERS, written["powers"], [power_text(power) for power in POWERS])
