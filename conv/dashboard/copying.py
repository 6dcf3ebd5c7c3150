"""The dialog that gives a view as text: its link, its command, and its numbers as code."""

from __future__ import annotations

import streamlit as st

from conv.dashboard.drawing import Drawing
from conv.dashboard.orders import is_own, order_of
from conv.dashboard.tensors import download_tensors
from conv.dashboard.to_copy import show_to_copy
from conv.scenes import scene_type
from conv.words import Words


def copy_view(drawing: Drawing, say: Words) -> None:
    """A text, which is made once it is chosen, with a button that copies it. A scene that asks has
    its link alone, as code would tell the answer."""
    if scene_type(drawing.view.scene).asks:
        _link(drawing, say)
        return
    texts = {
        say("copy.link"): _link,
        say("copy.command"): _command,
        "NumPy": _numpy,
        "PyTorch": _torch,
        "LaTeX": _latex,
    }
    chosen = st.segmented_control(
        say("copy.what"),
        texts,
        default=say("copy.link"),
        required=True,
        key="copy_what",
        label_visibility="collapsed",
    )
    texts[chosen](drawing, say)


def _link(drawing: Drawing, say: Words) -> None:
    st.markdown(say("copy.about_link"))
    server = (st.context.url or "").rstrip("/")
    show_to_copy(f"{server}/{order_of(drawing).link}", say, "copy_link", label=say("copy.link"))
    if is_own(drawing):
        st.caption(say("copy.about_link_own"))
    if scene_type(drawing.view.scene).asks:
        st.caption(say("copy.about_link_quiz"))


def _command(drawing: Drawing, say: Words) -> None:
    order = order_of(drawing)
    st.markdown(say("copy.about_figure"))
    show_to_copy(order.command("figure", "png"), say, "copy_figure", label=say("copy.command"))
    if drawing.scene.clocks:
        st.markdown(say("copy.about_film"))
        show_to_copy(order.command("animate", "gif"), say, "copy_film", label=say("copy.command"))
    if is_own(drawing):
        _needed_file(drawing, say, "copy_tensors_command")


def _numpy(drawing: Drawing, say: Words) -> None:
    st.markdown(say("copy.about_numpy"))
    _python(
        drawing,
        scene_type(drawing.view.scene).numpy(drawing.spot, drawing.tensors_name),
        say,
        "NumPy",
    )


def _torch(drawing: Drawing, say: Words) -> None:
    st.markdown(say("copy.about_torch"))
    _python(
        drawing,
        scene_type(drawing.view.scene).torch(drawing.spot, drawing.tensors_name),
        say,
        "PyTorch",
    )


def _python(drawing: Drawing, code: str, say: Words, kind: str) -> None:
    if drawing.tensors_name in code:
        _needed_file(drawing, say, f"copy_tensors_{kind.lower()}")
    show_to_copy(code, say, f"copy_{kind.lower()}", label=kind, wraps=False)


def _needed_file(drawing: Drawing, say: Words, key: str) -> None:
    """What lies beside the code or the command when it is run."""
    st.markdown(say("copy.needs_file", name=drawing.tensors_name))
    download_tensors(drawing, say, key)


def _latex(drawing: Drawing, say: Words) -> None:
    formula = scene_type(drawing.view.scene).latex(drawing.spot)
    st.markdown(say("copy.about_latex"))
    show_to_copy(formula, say, "copy_latex", label="LaTeX")
    # KaTeX knows no height of Chinese signs, whose lower half would be cut off below a brace.
    st.latex(formula + (r"\rule[-2.6em]{0pt}{0pt}" if r"\underbrace" in formula else ""))
