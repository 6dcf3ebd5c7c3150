"""The settings of the export dialog: which file is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from conv.dashboard.drawing import Drawing
from conv.dashboard.orders import order_of
from conv.dashboard.refusals import refuse
from conv.figures import film
from conv.figures.files import SCALE, SCALES, Order
from conv.figures.film import Reel, steps_of
from conv.figures.palette import ThemeName
from conv.figures.sheet import PANEL_WIDTH, WIDTH, Sheet, fit
from conv.ops import ConvError
from conv.scenes import Scene
from conv.scenes.alone import panel_alone
from conv.scenes.curves import Curves
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars
from conv.words import LANGUAGES, Words, words

PICTURES = ("png", "svg", "pdf")
_SYSTEM = "system"  # the look that a page takes from its reader
_ALL = Reel()
_SCALED = {"png": SCALE, "gif": film.SCALE}


@dataclass(frozen=True)
class Wish:
    """The file that the dialog is set to."""

    ending: str
    order: Order
    reel: Reel = _ALL


def ask(drawing: Drawing, say: Words) -> Wish | None:
    """The controls that count for the format, and what they ask for; None where that is not
    possible, which a sentence says."""
    scene = drawing.scene
    formats = [*PICTURES, "html", *(["gif"] if scene.clocks else [])]
    ending = _choice("format", formats, str.upper, formats[0], say("export.format"))
    panel = _panel(scene, say)
    with st.container(horizontal=True, gap="medium"):
        theme = _theme(ending, say)
        lang = _choice(
            "lang",
            LANGUAGES,
            lambda name: say(f"lang.{name}"),
            drawing.view.lang,
            say("control.lang"),
            keep=False,
        )
    width, height, scale = _size(ending, panel, say)
    told_of_size = st.container()
    titles = st.checkbox(
        say("export.titles"), value=True, key="export_titles", persist_state="session"
    )
    clear = ending != "gif" and st.checkbox(
        say("export.transparent"), key="export_transparent", persist_state="session"
    )
    sheet = Sheet(theme, width, height, transparent=clear, titles=titles, panel=panel)
    order = order_of(drawing, sheet, scale, lang)
    with told_of_size:
        possible = _tell(lambda: _size_text(scene, order, ending, say), say)
    if ending != "gif":
        return Wish(ending, order) if possible else None
    reel = _reel(scene, say)
    possible = _tell(lambda: _length_text(scene, reel, say), say) and possible
    return Wish(ending, order, reel) if possible else None


def _choice(
    name: str,
    choices: Sequence[str],
    text: Callable[[str], str],
    default: str,
    label: str,
    *,
    keep: bool = True,
) -> str:
    """One of a few, of which the session keeps what was chosen while it is one of them."""
    key = f"export_{name}"
    if st.session_state.get(key) not in {None, *choices}:
        del st.session_state[key]
    chosen = st.segmented_control(
        label,
        choices,
        format_func=text,
        default=None if key in st.session_state else default,
        required=True,
        key=key,
        persist_state="session" if keep else None,
    )
    return chosen or default


def _panel(scene: Scene, say: Words) -> str | None:
    """The panel that is to be shown alone."""
    alone = (item for item in scene.items() if isinstance(item, Panel | Bars | Curves))
    titles = {item.name: say(item.title.key, **item.title.values) for item in alone}
    panel = st.selectbox(
        say("export.part"),
        ["", *titles],
        format_func=lambda name: f"{titles[name]} · {name}" if name else say("export.whole"),
        key=f"export_panel_{scene.name}",
    )
    return panel or None


def _theme(ending: str, say: Words) -> ThemeName | None:
    """The look; None for the one that a file has where none is asked for."""
    looks = {"light": say("export.light"), "dark": say("export.dark")}
    if ending == "html":
        looks = {_SYSTEM: say("export.system"), **looks}
        chosen = _choice("page_theme", list(looks), looks.__getitem__, _SYSTEM, say("export.theme"))
        return None if chosen == _SYSTEM else cast(ThemeName, chosen)
    page = st.context.theme.type or "light"
    chosen = _choice("theme", list(looks), looks.__getitem__, page, say("export.theme"))
    return "dark" if chosen == "dark" else None


def _size(
    ending: str, panel: str | None, say: Words
) -> tuple[int | None, int | None, float | None]:
    """Width, height and scale, as far as the format has them."""
    places = iter(st.columns(3))
    whole = film.WIDTH if ending == "gif" else WIDTH
    usual = say("export.automatic") if ending == "html" else str(PANEL_WIDTH if panel else whole)
    width, height = _number(next(places), "width", say("export.width"), usual), None
    if ending in PICTURES:
        height = _number(next(places), "height", say("export.height"), say("export.automatic"))
    if ending not in _SCALED:
        return width, height, None
    scale = next(places).number_input(
        say("export.scale"),
        float(SCALES[0]),
        float(SCALES[1]),
        _SCALED[ending],
        step=0.5,
        format="%g",
        key=f"export_scale_{ending}",
        persist_state="session",
    )
    return width, height, None if scale == _SCALED[ending] else scale


def _reel(scene: Scene, say: Words) -> Reel:
    """Which steps are filmed, and how fast they follow one another."""
    left, right = st.columns(2)
    there = steps_of(scene)
    first = _number(left, f"from_{scene.name}", say("export.first"), str(there.start + 1))
    last = _number(right, f"to_{scene.name}", say("export.last"), str(there.stop))
    left, right = st.columns(2)
    every = _number(left, f"every_{scene.name}", say("export.every"), str(_ALL.every))
    fps = right.number_input(
        say("export.fps"),
        *film.RATES,
        _ALL.fps,
        step=1.0,
        format="%g",
        key="export_fps",
        persist_state="session",
    )
    return Reel(
        fps,
        first,
        last,
        _ALL.every if every is None else every,
    )


def _number(place: DeltaGenerator, name: str, label: str, usual: str) -> int | None:
    """A whole number; None where none is given, for which `usual` stands in the field."""
    return place.number_input(
        label,
        value=None,
        step=1,
        placeholder=usual,
        key=f"export_{name}",
        persist_state="session",
    )


def _tell(text: Callable[[], str], say: Words) -> bool:
    """Says what comes of some settings, or why they are not possible; whether they are."""
    try:
        told = text()
    except ConvError as error:
        refuse("export.refused", error, say)
        return False
    if told:
        st.caption(told)
    return True


def _size_text(scene: Scene, order: Order, ending: str, say: Words) -> str:
    """How many pixels a picture has; raises ConvError."""
    sheet = order.sheet
    order.check(scene)
    if ending not in PICTURES:
        return ""
    shown = panel_alone(scene, sheet.panel)
    fitted = fit(shown, sheet, words(order.view.lang))
    scale = (order.scale or SCALE) if ending == "png" else 1
    width, height = (round(side * scale) for side in (fitted.width, fitted.height))
    return say("export.pixels", width=width, height=height)


def _length_text(scene: Scene, reel: Reel, say: Words) -> str:
    """How many frames a film has, and how long it takes; raises ConvError."""
    count = len(reel.steps(scene))
    return say("export.frames", count=count, seconds=f"{count / reel.fps:.3g}")
