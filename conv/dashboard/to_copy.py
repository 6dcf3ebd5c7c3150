"""A text to copy: code, a command or a link, with a button that copies it wherever the page is."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from conv.figures.stage.modules import bundle
from conv.words import Words

_FOLDER = Path(__file__).parent
_SCRIPT = bundle(_FOLDER / "to_copy.js")
_STYLE = _FOLDER.joinpath("to_copy.css").read_text(encoding="utf-8")


def show_to_copy(text: str, say: Words, key: str, *, label: str = "", wraps: bool = True) -> None:
    """The text with its button, under a key that no other has. Its long lines are broken where it
    `wraps`, and scrolled where it does not."""
    # In the page's own tree, as a browser marks no text of a shadow's.
    component = st.components.v2.component("to_copy", css=_STYLE, js=_SCRIPT, isolate_styles=False)
    data = {
        "text": text.strip(),
        "wraps": wraps,
        "label": label or say("copy.text"),
        "copy": say("copy.copy"),
        "copied": say("copy.copied"),
        "marked": say("copy.marked", key="{key}"),
    }
    component(key=key, data=data)
