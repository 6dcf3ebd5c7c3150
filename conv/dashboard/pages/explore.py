"""The page: one scene of one view."""

from __future__ import annotations

import gc
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from threadpoolctl import ThreadpoolController

from conv.dashboard.controls import Rooms, make_rooms, own_controls, place_controls, show_controls
from conv.dashboard.drawing import Drawing
from conv.dashboard.inline import png_url
from conv.dashboard.page import Page, current_page
from conv.dashboard.pages import PAGES, PageType
from conv.dashboard.playlists import fault_of_file
from conv.dashboard.products import products_drawer, show_products
from conv.dashboard.quiz import show_quiz
from conv.dashboard.refusals import plain, refuse
from conv.dashboard.shown import drawing_of, keep_shown, page_followed, shown_page
from conv.dashboard.stage import Sent, say_place, scene_for, show_stage
from conv.dashboard.status import shapes, show_changes, show_formulas, sources
from conv.dashboard.told import all_was_asked_for
from conv.dashboard.toolbar import show_toolbar
from conv.ops import ConvError
from conv.scenes import scene_type
from conv.words import Words, words

_ICON = png_url(Path(__file__).parents[1].joinpath("icon.png").read_bytes())
_PAUSE = 0.03  # seconds
_SLOW = 0.2  # of what a page may work out at most
SentScene = tuple[Sent, bytes]


def explore() -> None:
    """The page that the link or the reader asks for."""
    prepare_process()
    all_was_asked_for()
    page = current_page()
    say = words(page.view.lang)
    st.set_page_config(say("page.title"), _ICON, layout="wide", initial_sidebar_state=340)
    rooms = make_rooms(page, say)
    # What comes and goes has a place of its own, so that the stage below keeps its.
    with st.container():
        show_changes(page, say)
        if fault := fault_of_file():
            st.warning(say("notice.playlist", reason=plain(fault.sentence(say))))
        is_slow = page.data.sizes.work(page.view) > _SLOW
        with st.spinner(say("notice.working")) if is_slow else nullcontext():
            drawn = draw_or_refuse(page, say)
    if drawn:
        keep_shown(drawn[0])
        show_drawing(*drawn, rooms, say)
    # The sidebar comes last, and after a pause in which the server's other thread sends the stage
    # and the browser draws it: a pick is then painted a quarter sooner.
    time.sleep(_PAUSE)
    if rooms:
        show_controls(page, rooms, say)


def show_drawing(
    page: Page, drawing: Drawing, scene: SentScene, rooms: Rooms | None, say: Words
) -> None:
    """The drawing of a page with all that stands round it."""
    view, mode = page.view, page.mode
    _show_head(page, drawing, say)
    # A scene's own controls come before the stage, which would jump if they came after it.
    kind = scene_type(view.scene)
    with st.container():
        if kind.controls() and not mode.embed:
            own_controls(page, say)
        if kind.asks and not mode.embed:
            show_quiz(say)
    show_stage(scene)
    if not kind.headline and mode.shows("formulas"):
        show_formulas(kind, drawing.bundle.geometry, say)
    has_products = kind.products and mode.shows("terms")
    follow_place(rooms, products_drawer(say) if has_products else None)


def _show_head(page: Page, drawing: Drawing, say: Words) -> None:
    """The line above the stage. A scene with a headline has its formula in the place of the
    tensors' shapes, which its code prints."""
    view, mode = page.view, page.mode
    headline, formula = scene_type(view.scene).headline, ""
    if headline and mode.shows("formulas"):
        formula = rf"$\displaystyle {headline(view, drawing.bundle.geometry)}$"
    if mode.shows("toolbar"):
        from_where = sources(view, drawing.bundle, drawing.data.sizes, say)
        about = f"**{shapes(drawing.bundle, say)}** · {from_where}"
        show_toolbar(formula or about, say, is_formula=headline is not None)
    elif formula:
        st.markdown(formula)


@st.fragment
def follow_place(rooms: Rooms | None, drawer: DeltaGenerator | None) -> None:
    """What hangs on the place, run by itself when the stage tells of another one: what the stage
    knows of it, its controls in the sidebar, and the products of its cell in their drawer, if that
    is open. It is kept for the session, so that it has no tensors."""
    page = page_followed()
    say = words(page.view.lang)
    say_place(page)
    if rooms:
        place_controls(page, rooms, say)
    gradient = scene_type(page.view.scene).products
    if drawer and gradient:
        with drawer:
            show_products(gradient, page.view, page.data, say)


@st.cache_resource(show_spinner=False)
def prepare_process() -> None:
    """Keeps the products of matrices to one thread each: those of a scene are small, and while
    the browser needs the processor too, a second thread is waited for longer than it helps. And
    keeps what is loaded for good out of the garbage collection with which Streamlit ends every
    run, and which would take longer than the answer to a click."""
    ThreadpoolController().limit(limits=1)
    gc.collect()
    gc.freeze()


def draw_or_refuse(page: Page, say: Words) -> tuple[Page, Drawing, SentScene] | None:
    """The page with its drawing; where it cannot be drawn, a sentence on why, and the last one."""
    try:
        return draw(page)
    except ConvError as error:
        refuse("notice.error", error, say)
        last = shown_page()
        if last is None:
            return None
        return draw(replace(last, turn=page.turn, controls=page.controls))


def draw(page: Page) -> tuple[Page, Drawing, SentScene]:
    """The page with the drawing of its view, and the scene for the browser."""
    drawing = drawing_of(page)
    return page, drawing, scene_for(page, drawing)


PAGES.add(PageType(name="explore", position=0, run=explore))
