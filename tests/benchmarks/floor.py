"""The floor: a page with one slider and one small chart, the least that Streamlit answers with."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

step = st.slider("step", 0, 1000, key="step")
figure = go.Figure(go.Heatmap(z=np.arange(9.0).reshape(3, 3) * (step + 1), showscale=False))
figure.update_layout(title_text=str(step), width=300, height=300)
st.plotly_chart(figure, key="figure", width="content", theme=None)
