"""The dashboard. Run it with: streamlit run app.py."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from conv.dashboard.inline import png_url
from conv.dashboard.jobs import closed_with_the_server
from conv.dashboard.plotly_js import ROUTE, Preload
from conv.words import words

# Streamlit imports this file for the server and runs it for the page.
if __name__ == "__main__":
    say = words("en")
    dashboard = Path(__file__).parent / "conv" / "dashboard"
    icon = png_url((dashboard / "icon.png").read_bytes())
    st.set_page_config(say("page.title"), icon, layout="wide", initial_sidebar_state=340)
    explore = st.Page(dashboard / "explore.py", title=say("page.title"))
    st.navigation([explore], position="hidden").run()
else:
    app = st.App(
        __file__,
        lifespan=closed_with_the_server,
        routes=[ROUTE],
        middleware=[Middleware(Preload)],
    )
