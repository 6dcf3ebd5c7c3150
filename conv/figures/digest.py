"""What a figure says, as a short text that is another one where the figure says something else."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

_NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?(?:e[-−+]?\d+)?")
# Processors round sums differently: what is below these is no more than that.
_DIGITS, _NOTHING = 5, 1e-10


def digest(figure: go.Figure) -> str:
    """A digest of all texts, numbers, colours and places of the figure, its numbers to five
    digits, so that it is the same on every machine."""
    known = hashlib.sha256()
    for leaf in _leaves(figure.to_dict(), ()):
        known.update(leaf.encode())
    return known.hexdigest()[:16]


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, Mapping) and "bdata" in value:
        cells = np.frombuffer(b64decode(value["bdata"]), value["dtype"]).tolist()
        yield from _leaves(cells, (*path, str(value.get("shape"))))
    elif isinstance(value, Mapping):
        for key in sorted(value):
            yield from _leaves(value[key], (*path, key))
    elif isinstance(value, list | tuple):
        for k, one in enumerate(value):
            yield from _leaves(one, (*path, str(k)))
    else:
        yield f"{'.'.join(path)}={_rounded(value)}\n"


def _rounded(value: object) -> str:
    if isinstance(value, str):
        return _NUMBER.sub(lambda found: _number(float(found[0].replace("−", "-"))), value)
    if isinstance(value, int | float | np.number):
        return _number(float(value))
    return str(value)


def _number(value: float) -> str:
    return "0" if abs(value) < _NOTHING else f"{value:.{_DIGITS - 1}e}"
