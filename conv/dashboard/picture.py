"""A picture on the page, drawn and handed out by the reader's browser."""

from __future__ import annotations

import streamlit as st

from conv.dashboard.lent import lend_json
from conv.dashboard.served import loader
from conv.figures.files import Order
from conv.figures.in_browser import picture_in_browser
from conv.scenes import Scene
from conv.words import Words


def show_picture(scene: Scene, order: Order, ending: str, say: Words) -> None:
    """The order's picture; of "png" and "svg", a link to download it. Raises ConvError."""
    picture = st.components.v2.component("picture", js=loader(), isolate_styles=False)
    name = f"{order.view.file_name()}.{ending}" if ending in {"png", "svg"} else ""
    data = {
        "address": lend_json(picture_in_browser(scene, order, ending)),
        "file": name,
        "clear": order.sheet.transparent,
        "download": say("export.download", format=ending.upper()),
        "failed": say("export.not_drawn", reason="{reason}"),
        "too_large": say("export.too_large"),
        "not_sent": say("export.not_sent"),
    }
    picture(key="export_picture", data=data)
