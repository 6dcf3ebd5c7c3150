"""A text to copy: code, a command or a link, with a button that copies it wherever the page is."""

from __future__ import annotations

import json

import streamlit as st

from conv.dashboard.served import loader
from conv.words import Words


def show_to_copy(text: str, say: Words, key: str, *, label: str = "", wraps: bool = True) -> None:
    """The text with its button, under a key that no other has. Its long lines are broken where it
    `wraps`, and scrolled where it does not."""
    # In the page's own tree, as a browser marks no text of a shadow's.
    component = st.components.v2.component("to_copy", js=loader(), isolate_styles=False)
    data = {
        "text": text.strip(),
        "wraps": wraps,
        "label": label or say("copy.text"),
        "copy": say("copy.copy"),
        "copied": say("copy.copied"),
        "marked": say("copy.marked", key="{key}"),
    }
    # As bytes, for Streamlit writes a Chinese sign as six.
    content = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    component(key=key, data=content.encode())
