"""Why something cannot be, in the reader's language."""

from __future__ import annotations

import re

import streamlit as st

from conv.dashboard.to_copy import show_to_copy
from conv.ops import ConvError
from conv.words import Words

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=&])")


def plain(text: str) -> str:
    """A text that Markdown shows as it is, whoever wrote what it quotes."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return _MARKDOWN.sub(r"\\\1", shown)


def refuse(key: str, error: ConvError, say: Words) -> None:
    """The sentence `key` with the error's own for its reason, and the code that would do."""
    sentence = say(key, reason=plain(error.sentence(say)))
    st.error(sentence, icon=":material/error:")
    if error.code:
        show_to_copy(error.code, say, f"{key.replace('.', '_')}_code")
