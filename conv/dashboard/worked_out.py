"""What was worked out for the visitors, kept for all of them and bounded by bytes. Data of one name
are the same, so that a view tells them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

from conv.dashboard.kept import Kept, bytes_of
from conv.layer import DataSet
from conv.lessons import Walked, walk
from conv.results import Results, make_bundle
from conv.state.view import View
from conv.training_runs import Training, TrainingRuns, make_training, make_training_runs

T = TypeVar("T")
# Bytes of each, so that a visitor who goes on to the next view or step does not wait.
_MOST = {
    "results": 48 << 20,
    "trainings": 1 << 20,
    "training_runs": 8 << 20,
    "sections": 24 << 20,
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


def training_runs_of(view: View, data: DataSet) -> TrainingRuns:
    """The trained of a view. Another kernel of the same training takes a small part of its time."""
    bundle = results_of(view, data).bundle
    training: Training = _kept("trainings").get(
        view.of_training(), lambda: make_training(view, bundle)
    )
    key = view.of_training_runs()
    made: TrainingRuns = _kept("training_runs").get(
        key, lambda: make_training_runs(key, bundle, training)
    )
    return made


def section_of(view: View, data: DataSet) -> Walked:
    """The section of the notebook that a view is at."""
    key = view.of_section()
    made: Walked = _kept("sections").get(key, lambda: walk(key, results_of(view, data).bundle))
    return made


def sent_of(key: Hashable, make: Callable[[], T]) -> T:
    """A scene as it is sent, by all that it hangs on."""
    made: T = _kept("scenes").get(key, make)
    return made
