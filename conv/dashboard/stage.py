"""The stage on the page: the scene goes to the browser, what is picked there comes back."""

from __future__ import annotations

import streamlit as st

from conv.dashboard import plotly_js
from conv.figures.stage import SCRIPT, STYLE, stage_data
from conv.scenes import Scene
from conv.scenes.strips import Strip
from conv.view import SCENES, View

_KEY = "stage"
_NUMBERS = ("n", "c", "f", "i", "j")


def show_stage(view: View, scene: Scene, strips: tuple[Strip, ...]) -> None:
    """The scene of a view, drawn and moved in the browser. What is picked there is in the
    controls' state before the next run."""
    stage = st.components.v2.component("stage", css=STYLE, js=SCRIPT, isolate_styles=False)
    data = {**stage_data(view, scene, strips), "plotly": plotly_js.URL}
    stage(key=_KEY, data=data, on_pick_change=_take_pick)


def _take_pick() -> None:
    """Gives the controls what the browser picked; the view makes it legal."""
    for name, value in readable_pick(st.session_state[_KEY].pick).items():
        st.session_state[name] = value


def readable_pick(picked: object) -> dict[str, int | str]:
    """What of a message from the browser names a field and a value of its type."""
    if not isinstance(picked, dict):
        return {}
    pick: dict[str, int | str] = {
        name: value
        for name in _NUMBERS
        if isinstance(value := picked.get(name), int) and not isinstance(value, bool)
    }
    if picked.get("scene") in SCENES:
        pick["scene"] = picked["scene"]
    return pick
