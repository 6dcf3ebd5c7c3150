"""The dialog that makes files of a view: pictures, the stage as a page, and moving pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

import streamlit as st

from conv.dashboard.drawing import Drawing
from conv.dashboard.export_settings import PICTURES, Wish, ask
from conv.dashboard.jobs import AT_ONCE, Job, Told, Visitor, workshop
from conv.dashboard.lent import Lent, lend
from conv.dashboard.orders import is_own
from conv.dashboard.picture import show_picture
from conv.dashboard.refusals import refuse
from conv.dashboard.tensors import download_tensors
from conv.dashboard.to_copy import show_to_copy
from conv.figures.files import Order, page_file, picture_file
from conv.figures.film import film_file
from conv.scenes import Scene, scene_type
from conv.words import Words

if TYPE_CHECKING:  # it takes long to import
    from conv.figures.chromium import Chromium

_DRAWN_HERE = ("png", "svg")  # by the reader's browser
_MIME = {"pdf": "application/pdf", "gif": "image/gif", "html": "text/html"}
_WISH, _JOB = "_export_wish", "_export_job"
_MOST_SHOWN = 8 << 20  # bytes of a film that the dialog plays
_TICK = files(__package__).joinpath("tick.js").read_text(encoding="utf-8")
_EVERY = 400  # milliseconds between two looks at a file that is being made


def let_go() -> None:
    """Ends what a dialog has left behind that is not open any more."""
    st.session_state.pop(_WISH, None)
    job: Job | None = st.session_state.pop(_JOB, None)
    if job:
        job.cancel()


def export_view(drawing: Drawing, say: Words) -> None:
    """The settings on the left; on the right the picture, the button that makes or downloads the
    file, and the command that makes the same one."""
    settings, result = st.columns([2, 3], gap="large")
    with settings:
        wish = ask(drawing, say)
    if wish != st.session_state.get(_WISH):
        let_go()
    if wish is None:
        return
    with result:
        if wish.ending in PICTURES:
            show_picture(drawing.scene, wish.order, wish.ending, say)
        if wish.ending == "html":
            st.caption(say("export.about_html"))
            _download(wish, partial(_page, drawing.scene, wish.order), say)
        elif wish.ending not in _DRAWN_HERE:
            st.fragment(_make)(drawing.scene, wish, say)
        _show_command(drawing, wish, say)


def _page(scene: Scene, order: Order) -> bytes:
    return page_file(scene, order).encode()


def _show_command(drawing: Drawing, wish: Wish, say: Words) -> None:
    if scene_type(drawing.view.scene).asks:
        st.caption(say("export.quiz"))
        return
    st.markdown(say("export.command"))
    verb = "animate" if wish.ending == "gif" else "figure"
    command = wish.order.command(verb, wish.ending, wish.reel.to_arguments())
    show_to_copy(command, say, "export_command", label=say("copy.command"))
    if is_own(drawing):
        st.markdown(say("copy.needs_file", name=drawing.tensors_name))
        download_tensors(drawing, say, "export_tensors")


def _make(scene: Scene, wish: Wish, say: Words) -> None:
    """A button that starts the file; while it is made, how far it is and a button that stops it;
    then one that downloads it, or a sentence on why there is none. Run by itself."""
    job: Job | None = st.session_state.get(_JOB)
    if job and job.is_on:
        _watch(job, say)
    elif job and job.state == "done":
        _download(wish, job.file, say)
        if wish.ending == "gif" and len(job.file) <= _MOST_SHOWN:
            server = (st.context.url or "").rstrip("/")
            st.image(f"{server}/{lend(Lent(job.file, 'image/gif'))}")
    else:
        label = say("export.make", format=wish.ending.upper())
        st.button(label, key="export_make", type="primary", on_click=_start, args=(scene, wish))
        if job and job.state == "stopped":
            st.info(say("export.stopped"), icon=":material/info:")
        elif job:
            _say_why(job, say)


def _say_why(job: Job, say: Words) -> None:
    if job.fault:
        refuse("export.failed", job.fault, say)
    else:
        st.error(say("export.failed", reason=say("export.broken")), icon=":material/error:")


def _start(scene: Scene, wish: Wish) -> None:
    let_go()
    st.session_state[_WISH] = wish
    st.session_state[_JOB] = workshop().start(partial(_file, scene, wish), Visitor().is_here)


def _file(scene: Scene, wish: Wish, chromium: Chromium, told: Told) -> bytes:
    if wish.ending == "gif":
        return film_file(chromium, scene, wish.order, wish.reel, wish.ending, told)
    return picture_file(chromium, scene, wish.order, wish.ending)


def _watch(job: Job, say: Words) -> None:
    """How far the job is, looked at again and again."""
    done, of = job.progress
    if job.state == "waiting":
        text = say("export.waiting", count=AT_ONCE)
    elif of:
        text = say("export.progress", done=done, count=of)
    else:
        text = say("export.starting")
    st.progress(done / of if of else 0.0, text)
    st.button(say("export.cancel"), key="export_cancel", on_click=job.cancel)
    tick = st.components.v2.component("tick", js=_TICK)
    tick(key="export_tick", data={"every": _EVERY}, on_tick_change=lambda: None)


def _download(wish: Wish, file: bytes | Callable[[], bytes], say: Words) -> None:
    st.download_button(
        say("export.download", format=wish.ending.upper()),
        file,
        file_name=f"{wish.order.view.file_name()}.{wish.ending}",
        mime=_MIME[wish.ending],
        icon=":material/download:",
        on_click="ignore",
        key="export_download",
    )
