"""What the server keeps for its visitors, bounded by bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import is_dataclass
from threading import Lock
from typing import Generic, TypeVar

import numpy as np

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Values by key: those asked for last, of at most so many bytes together; the very last one
    whatever its size. `size` tells a value's bytes, and may tell others later."""

    def __init__(self, most: int, size: Callable[[V], int]) -> None:
        self._most = most
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()
        self._making: dict[K, Lock] = {}

    def find(self, key: K) -> V | None:
        """The value, where it is kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: K, value: V) -> None:
        """Keeps the value, and lets go of those that nobody has asked for the longest."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            self._let_go()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value, made where it is not kept: once, however many ask for it at a time."""
        with self._lock:
            making = self._making.setdefault(key, Lock())
        try:
            with making:
                value = self.find(key)
                if value is None:
                    value = make()
                # Every time: what is kept grows where it is worked out when it is asked for.
                self.keep(key, value)
        finally:
            with self._lock:
                self._making.pop(key, None)
        return value

    def _let_go(self) -> None:
        sizes = [self._size(value) for value in self._values.values()]
        total = sum(sizes)
        for size in sizes[:-1]:
            if total <= self._most:
                break
            self._values.popitem(last=False)
            total -= size


def bytes_of(*values: object) -> int:
    """The bytes in these values, and of their arrays, in data classes, mappings and sequences too.
    What two of them share counts once."""
    owners = {}
    todo = list(values)
    while todo:
        value = todo.pop()
        if isinstance(value, np.ndarray):
            owner = value if value.base is None else value.base
            owners[id(owner)] = getattr(owner, "nbytes", value.nbytes)
        elif isinstance(value, bytes):
            owners[id(value)] = len(value)
        elif isinstance(value, Mapping):
            todo += value.values()
        elif isinstance(value, list | tuple):
            todo += value
        elif is_dataclass(value):
            todo += vars(value).values()
    return sum(owners.values())
