"""The dashboard. Run it with: streamlit run app.py."""

import streamlit as st
from starlette.middleware import Middleware

from conv.dashboard.jobs import closed_with_the_server
from conv.dashboard.lent import ROUTE
from conv.dashboard.pages import chosen_page
from conv.dashboard.served import ROUTES, Preload

# Streamlit imports this file for the server and runs it for the page.
if __name__ == "__main__":
    chosen_page().run()
else:
    app = st.App(
        __file__,
        lifespan=closed_with_the_server,
        routes=[*ROUTES, ROUTE],
        middleware=[Middleware(Preload)],
    )
