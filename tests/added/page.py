"""A page of one sentence."""

from __future__ import annotations

import streamlit as st

from conv.dashboard.pages import PAGES, PageType


def _about() -> None:
    st.markdown("About this house")


PAGES.add(PageType(name="about", position=9, run=_about))
