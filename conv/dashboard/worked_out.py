"""What was worked out for the visitors, kept for all of them and bounded by bytes. Data of one name
are the same, so that a view tells them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import streamlit as st

from conv.dashboard.kept import Kept, bytes_of
from conv.layer import DataSet
from conv.results import Results, make_bundle
from conv.scenes import scene_type
from conv.state.view import View

T = TypeVar("T")
# Bytes of each, so that a visitor who goes on to the next view or step does not wait.
_MOST = {
    "results": 48 << 20,
    "prepared": 32 << 20,
    "scenes": 16 << 20,
}


@st.cache_resource(show_spinner=False)
def _kept(what: str) -> Kept[Any, Any]:
    return Kept(_MOST[what], bytes_of)


def results_of(view: View, data: DataSet) -> Results:
    """The results of a view's tensors."""
    key = view.of_tensors()
    made: Results = _kept("results").get(key, lambda: Results(make_bundle(key, data)))
    return made


def prepared_of(view: View, data: DataSet) -> object:
    """What the scene of a view has worked out before it is made. What it takes from another view,
    as the training of another kernel, is not worked out again."""

    def keep(names: Sequence[str], make: Callable[[View], T]) -> T:
        own = view.only(*names)
        made: T = _kept("prepared").get((view.scene, tuple(names), own), lambda: make(own))
        return made

    return scene_type(view.scene).prepare(view, results_of(view, data), keep)


def sent_of(key: Hashable, make: Callable[[], T]) -> T:
    """A scene as it is sent, by all that it hangs on."""
    made: T = _kept("scenes").get(key, make)
    return made
