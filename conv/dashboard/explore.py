"""The Explore page: one scene of one view."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from conv.bundle import Bundle, Results, load, make_bundle, run
from conv.dashboard.controls import sidebar
from conv.dashboard.link import current_page
from conv.dashboard.status import shapes, show_changes, show_formulas, sources
from conv.dashboard.viewport import page_width
from conv.figures import Figure, ThemeName, scene_figure
from conv.ops import ConvError
from conv.scenes import make_scene
from conv.scenes.scene import Message
from conv.view import SCENES, View
from conv.words import Words, words


@st.cache_resource(max_entries=48, show_spinner=False, hash_funcs={View: repr})
def tensors(view: View) -> tuple[Bundle, Results]:
    """The tensors of a view that is at no place of them, shared by all who look at them."""
    bundle = make_bundle(view, load(view.data))
    return bundle, run(bundle)


@dataclass(frozen=True)
class Drawing:
    """What the page shows: a view's scene as a figure, and its tensors."""

    view: View
    figure: Figure
    alt: Message
    bundle: Bundle


def draw(view: View, say: Words) -> Drawing:
    """The drawing of a view, as wide as the page and in its look."""
    bundle, results = tensors(replace(view, scene=SCENES[0], n=0, c=0, f=0, i=0, j=0, lang="en"))
    scene = make_scene(view, bundle, results)
    theme: ThemeName = "dark" if st.context.theme.type == "dark" else "light"
    figure = scene_figure(scene, say, width=page_width(), theme=theme)
    return Drawing(view, figure, scene.alt, bundle)


page = current_page()
view = page.view
say = words(view.lang)
st.set_page_config(page_title=say("page.title"))
sidebar(view, load(view.data), say)
show_changes(page, say)
try:
    st.session_state["_drawn"] = draw(view, say)
except ConvError as error:
    st.error(say("notice.error", reason=str(error)))
drawing: Drawing | None = st.session_state.get("_drawn")
if drawing:
    shown = drawing.view
    st.markdown(f"**{shapes(drawing.bundle, say)}**  \n{sources(shown, drawing.bundle, say)}")
    st.plotly_chart(
        drawing.figure,
        width="content",
        theme=None,
        key="figure",
        alt=say(drawing.alt.key, **drawing.alt.values),
        config={
            "displaylogo": False,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"format": "svg", "filename": shown.file_name()},
        },
    )
    show_formulas(shown, drawing.figure.layout.width, say)
