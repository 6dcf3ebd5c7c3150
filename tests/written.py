"""Numbers read back from the texts that say them."""

import numpy as np

from conv.scenes.texts import Along, Letter, Number, Products
from conv.words import words

SAY = words("en")
LIVE = Along | Letter | Number | Products


def say(text):
    """A message in English."""
    return SAY(text.key, **text.values)


def read(text, digits=3):
    """The number that a text gives, and how far it may be from the one that was written."""
    plain = text.replace("−", "-")
    value, (mantissa, _, power) = float(plain), plain.partition("e")
    if "." not in mantissa and not power:
        # Whole numbers are written whole; others have a point until their digits are used up.
        return value, 0.5 if abs(value) >= 10 ** (digits - 1) else 0.0
    unit = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
    return value, unit / 2


def gives(text, expected, size=0.0, digits=3):
    """Whether a text gives a number, which may be off by the rounding of terms of this size."""
    value, slack = read(text, digits)
    return abs(value - expected) <= slack * (1 + 1e-9) + 1e-12 * max(size, abs(expected))


def check_live(message, places, expected):
    """That the live values of a message at a place are these: a text, a whole number, or a number
    with its size and how many digits it has."""
    live = {name for name, value in message.values.items() if isinstance(value, LIVE)}
    assert live == set(expected), message.key
    for name, said in message.at(places).values.items():
        if isinstance(expected.get(name), tuple):
            assert gives(said, *expected[name]), (message.key, name, places)
        elif name in expected:
            assert said == str(expected[name]), (message.key, name, places)


def check_products(said, a, b):
    """That a text writes the products of a and b out, the first nine of them; gives their sum and
    how far that may be from the sum of all of a * b, in which the others are not rounded."""
    a, b = (np.asarray(factors, float).ravel() for factors in (a, b))
    terms = said.split(" + ")
    assert (len(terms) == 10 and terms.pop() == "…") == (a.size > 9)
    assert len(terms) == min(a.size, 9)
    value, slack = float((a[9:] * b[9:]).sum()), 0.0
    for term, one, other in zip(terms, a, b, strict=False):
        left, right = term.split(" × ")
        assert gives(left, one)
        assert gives(right, other)
        (x, dx), (y, dy) = read(left), read(right)
        value += x * y
        slack += abs(x) * dy + abs(y) * dx + dx * dy
    return value, slack
