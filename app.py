"""The dashboard. Run it with: streamlit run app.py."""

from pathlib import Path

import streamlit as st

from conv.words import words

say = words("en")
dashboard = Path(__file__).parent / "conv" / "dashboard"
icon = dashboard / "icon.png"
st.set_page_config(say("page.title"), icon, layout="wide", initial_sidebar_state=340)
explore = st.Page(dashboard / "explore.py", title=say("page.title"))
st.navigation([explore], position="hidden").run()
