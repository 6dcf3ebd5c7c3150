"""The data that a page can show: the built-in ones and those of files that were opened."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

import streamlit as st

from conv import bundle
from conv.bundle import DataSet

MOST_OPENED = 16  # of at most some ten megabytes each


class Opened:
    """The data sets of the files that were opened or asked for last, by name, for all visitors."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._data: OrderedDict[str, DataSet] = OrderedDict()
        self._lock = Lock()

    def keep(self, data: DataSet) -> None:
        """Holds the data set, and lets go of the one that nobody has asked for the longest."""
        with self._lock:
            self._data[data.default.data] = data
            self._data.move_to_end(data.default.data)
            if len(self._data) > self._most:
                self._data.popitem(last=False)

    def find(self, name: str) -> DataSet | None:
        """The data set called `name`, where it is held."""
        with self._lock:
            if name in self._data:
                self._data.move_to_end(name)
            return self._data.get(name)


@st.cache_resource(show_spinner=False)
def opened() -> Opened:
    """The files that are opened on this server."""
    return Opened(MOST_OPENED)


def load(name: str) -> DataSet:
    """The data set called `name`, an opened one or a built-in one; raises ConvError for another."""
    return opened().find(name) or bundle.load(name)
