"""The Explore page: one scene of one view."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import replace

import streamlit as st
from threadpoolctl import ThreadpoolController

from conv.bundle import DataSet
from conv.dashboard.controls import sidebar, training_controls
from conv.dashboard.drawing import Drawing
from conv.dashboard.link import Page, current_page
from conv.dashboard.mistakes import choose_mistake, current_quiz, show_quiz
from conv.dashboard.notebook import formula_line
from conv.dashboard.playlists import fault_of_file
from conv.dashboard.refusals import plain, refuse
from conv.dashboard.stage import keep_picks, picks_are_told, show_stage
from conv.dashboard.status import shapes, show_changes, show_formulas, sources
from conv.dashboard.terms import show_terms
from conv.dashboard.toolbar import show_toolbar
from conv.dashboard.worked_out import lesson_of, results_of, section_of
from conv.ops import ConvError
from conv.scenes import Spot, make_scene
from conv.scenes.strips import make_strips
from conv.view import View
from conv.words import Words, words

_PAUSE = 0.03  # seconds
_DRAWN = "_drawn"
_SLOW = 0.2  # of what a page may work out at most


@st.cache_resource(show_spinner=False)
def use_one_thread() -> None:
    """Keeps the products of matrices to one thread each: those of a scene are small, and while
    the browser needs the processor too, a second thread is waited for longer than it helps."""
    ThreadpoolController().limit(limits=1)


def draw_or_refuse(page: Page, say: Words) -> Drawing | None:
    """The drawing of the page's view; where it cannot be, a sentence on why, and the last one. The
    session has no more of it than the page, for its tensors would stay in memory."""
    try:
        drawing = draw(page.view, page.data)
    except ConvError as error:
        refuse("notice.error", error, say)
        last: Page | None = st.session_state.get(_DRAWN)
        return draw(last.view, last.data) if last else None
    st.session_state[_DRAWN] = page
    return drawing


def draw(view: View, data: DataSet) -> Drawing:
    """The drawing of a view of these data."""
    results = results_of(view, data)
    bundle = results.bundle
    strips = make_strips(view, data, bundle, results) if view.scene != "notebook" else ()
    trained = lesson_of(view, data) if view.scene == "update" else None
    if view.scene == "quiz":
        scene = current_quiz(Spot(view, bundle, results))
    else:
        section = section_of(view, data) if view.scene == "notebook" else None
        scene = make_scene(view, bundle, results, trained, section)
    return Drawing(view, data, scene, strips, bundle, results, trained)


use_one_thread()
keep_picks()
page = current_page()
view, mode = page.view, page.mode
say = words(view.lang)
st.set_page_config(page_title=say("page.title"))
# An empty sidebar has no width: the stage would be fitted to the room that it takes later.
if mode.shows("sidebar"):
    st.sidebar.header(say("page.title"))
# What comes and goes has a place of its own, so that the stage below keeps its.
with st.container():
    show_changes(page, say)
    if fault := fault_of_file():
        st.warning(say("notice.playlist", reason=plain(fault.sentence(say))))
    is_slow = page.data.sizes.work(view) > _SLOW
    with st.spinner(say("notice.working")) if is_slow else nullcontext():
        drawing = draw_or_refuse(page, say)
if drawing:
    shown = drawing.view
    from_where = sources(shown, drawing.bundle, drawing.data.sizes, say)
    about = f"**{shapes(drawing.bundle, say)}** · {from_where}"
    # The notebook's code prints the shapes: its section's formula stands in their place.
    formula = shown.scene == "notebook" and mode.shows("formulas")
    if mode.shows("toolbar"):
        show_toolbar(drawing, formula_line(shown.section) if formula else about, say)
    elif formula:
        st.markdown(formula_line(shown.section))
    # A scene's own controls come before the stage, which would jump if they came after it.
    with st.container():
        if view.scene == "update" and not mode.embed:
            training_controls(page, say)
        if shown.scene == "mistakes" and mode.shows("mistake") and not mode.embed:
            choose_mistake(shown, drawing.data.sizes, say)
        elif shown.scene == "quiz" and not mode.embed:
            show_quiz(say)
    show_stage(replace(page, view=shown), drawing.scene, drawing.strips)
    if shown.scene != "notebook" and mode.shows("formulas"):
        show_formulas(shown, drawing.bundle.geometry, say)
    below = st.container()
# The sidebar comes last, and after a pause in which the server's other thread sends the stage and
# the browser draws it: a pick is then painted a quarter sooner.
time.sleep(_PAUSE)
if mode.shows("sidebar"):
    sidebar(page, say)
picks_are_told()
if drawing and shown.scene in {"dw", "dx"} and mode.shows("terms"):
    with below:
        show_terms(shown, drawing.bundle, drawing.results, say)
