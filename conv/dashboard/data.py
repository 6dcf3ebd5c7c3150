"""The data that a page can show: the built-in ones and those of files that were opened."""

from __future__ import annotations

import streamlit as st

from conv import sources
from conv.dashboard.kept import Kept, bytes_of
from conv.layer import DataSet
from conv.state.rooms import DATA

MOST_OPENED = 128 << 20  # bytes of all files that are held
MOST_LISTED = 8  # files of one visitor's, in the list of data


@st.cache_resource(show_spinner=False)
def opened() -> Kept[str, DataSet]:
    """The files that were opened or asked for last on this server, by name, for all visitors."""
    return Kept(MOST_OPENED, bytes_of)


def load(name: str) -> DataSet:
    """The data set called `name`, an opened one or a built-in one; raises ConvError for another."""
    return opened().find(name) or sources.load(name)


def listed(name: str, last: tuple[str, ...]) -> tuple[str, ...]:
    """The opened files that a visitor may come back to: those of `last` that are still held, and
    the one that is shown now, which comes first where it is new."""
    held = tuple(one for one in last if one == name or opened().find(one))
    is_new = name not in DATA and name not in held
    return ((name, *held) if is_new else held)[:MOST_LISTED]


def file_of(name: str) -> str:
    """The name of the file that the data came from; "" where nobody knows it."""
    data = opened().find(name)
    return data.file if data else ""
