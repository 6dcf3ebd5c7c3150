"""The Explore page: one scene of one view."""

from __future__ import annotations

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
from conv.view import View
from conv.words import Words, words


@st.cache_resource(max_entries=48, show_spinner=False)
def tensors(
    data: str,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
    dilation: tuple[int, int],
    groups: int,
    top_diff: str,
    seed: int,
) -> tuple[Bundle, Results]:
    """The tensors of every view with these fields, shared by all who look at them."""
    view = View(
        data=data,
        kernel=kernel,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        top_diff=top_diff,
        seed=seed,
    )
    bundle = make_bundle(view, load(data))
    return bundle, run(bundle)


def draw(view: View, say: Words) -> tuple[Figure, Message, Bundle]:
    """The view's scene as a figure, what it shows in words, and its tensors."""
    bundle, results = tensors(
        view.data,
        view.kernel,
        view.stride,
        view.padding,
        view.dilation,
        view.groups,
        view.top_diff,
        view.seed,
    )
    scene = make_scene(view, bundle, results)
    theme: ThemeName = "dark" if st.context.theme.type == "dark" else "light"
    return scene_figure(scene, say, width=page_width(), theme=theme), scene.alt, bundle


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
if "_drawn" in st.session_state:
    figure, alt, bundle = st.session_state["_drawn"]
    st.markdown(f"**{shapes(bundle, say)}**  \n{sources(view, bundle, say)}")
    st.plotly_chart(
        figure,
        width="content",
        theme=None,
        key="figure",
        alt=say(alt.key, **alt.values),
        config={
            "displaylogo": False,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"format": "svg", "filename": view.file_name()},
        },
    )
    show_formulas(view, figure.layout.width, say)
