"""The dialog that gives a view's tensors as a file, and opens such a file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from conv.dashboard.data import MOST_OPENED, opened
from conv.dashboard.dialogs import close, opening
from conv.dashboard.drawing import Drawing
from conv.dashboard.refusals import refuse
from conv.dashboard.to_copy import show_to_copy
from conv.dashboard.told import ask_for
from conv.ops import ConvError
from conv.sources import MOST_BYTES, open_tensors, tensors_file
from conv.words import Words

_MOST_TIMES = 5
_EXAMPLE = 'np.savez("layer.npz", x=x, w=w, b=b, stride=2, padding=1)'


def exchange_tensors(drawing: Drawing, say: Words) -> None:
    """A button that downloads the drawing's tensors, and a place for a file, which the page then
    shows. One that it cannot show leaves the page as it is, with a sentence that says why."""
    st.markdown(say("tensors.about_download"))
    download_tensors(drawing, say, "tensors_download")
    # Of any type, for the others get a sentence; and another one whenever the dialog is opened, so
    # that a file that was refused is not there again.
    # What is somewhat too large gets one too; Streamlit's own, of what is more, is English.
    most = _MOST_TIMES * MOST_BYTES >> 20
    file = st.file_uploader(
        say("tensors.upload"), max_upload_size=most, key=f"tensors_upload_{opening()}"
    )
    if file is not None:
        _open(file.getvalue(), file.name, say)
        return
    st.caption(say("tensors.about_upload", megabytes=MOST_OPENED >> 20))
    show_to_copy(_EXAMPLE, say, "tensors_example")


def download_tensors(drawing: Drawing, say: Words, key: str) -> None:
    """A button that downloads the drawing's tensors."""
    st.download_button(
        say("tensors.download"),
        partial(tensors_file, drawing.view, drawing.bundle, drawing.results),
        file_name=drawing.tensors_name,
        mime="application/octet-stream",
        icon=":material/download:",
        on_click="ignore",
        key=key,
    )


def _open(content: bytes, file: str, say: Words) -> None:
    """Gives the page the tensors of a file, which closes the dialog; or says why it cannot."""
    try:
        data = open_tensors(content, file)
    except ConvError as error:
        refuse("tensors.refused", error, say)
        return
    opened().keep(data.default.data, data)
    ask_for("data", data.default.data)
    close()
    st.rerun()
