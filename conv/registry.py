"""Registries: what the files of a room say of themselves, by name.

A floor knows nothing of the floors above it, and yet a view names scenes and data. So the floor
below has the registry, a file above adds itself to it, and the room is looked through when its
registry is asked for the first time: another scene or source is another file, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from threading import RLock
from typing import Protocol, TypeVar


class Named(Protocol):
    """What can be registered: its name, and where it stands among the others."""

    @property
    def name(self) -> str:
        """Its name, in links and on the command line."""

    @property
    def position(self) -> float:
        """Its place in lists: those with less stand before it."""


Entry = TypeVar("Entry", bound=Named)


class Registry(Mapping[str, Entry]):
    """What the files of `room`, a package's name, have added, by name and in order of position."""

    def __init__(self, room: str) -> None:
        self._room = room
        self._entries: dict[str, Entry] = {}
        self._lock = RLock()
        self._is_read = False

    def add(self, entry: Entry) -> None:
        """Adds an entry. Raises ValueError where its name is taken."""
        if entry.name in self._entries:
            raise ValueError(entry.name)
        entries = sorted([*self._entries.values(), entry], key=lambda one: one.position)
        self._entries = {one.name: one for one in entries}

    @property
    def first(self) -> str:
        """The name of the first."""
        return next(iter(self))

    def __getitem__(self, name: str) -> Entry:
        """The entry of this name; raises KeyError."""
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        """The names, in order."""
        return iter(self._read())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._read())

    def _read(self) -> dict[str, Entry]:
        """The entries, once every file of the room has been imported; a file that is being imported
        itself has those that were there before it."""
        with self._lock:
            if not self._is_read:
                self._is_read = True
                try:
                    for module in iter_modules(import_module(self._room).__path__):
                        import_module(f"{self._room}.{module.name}")
                except BaseException:
                    self._is_read = False  # the next who asks is to hear of it too
                    raise
            return self._entries
