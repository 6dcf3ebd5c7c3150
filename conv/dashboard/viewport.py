"""How wide the page's middle is: Streamlit does not say, and a figure's layout hangs on it."""

from __future__ import annotations

import streamlit as st

# Until the browser tells: the middle of a window of 1440 pixels, and of a phone.
DEFAULT_WIDTH, PHONE_WIDTH = 940, 340
_LIMITS = (300, 1600)
_STEP = 20

# The width is told in steps and after a pause, so that a drag of the window is one new figure.
_SCRIPT = f"""
export default function ({{ parentElement, setStateValue }}) {{
  const host = parentElement.host ?? parentElement;
  let told = null;
  let timer = null;
  const tell = () => {{
    const width = Math.floor(host.getBoundingClientRect().width / {_STEP}) * {_STEP};
    if (width > 0 && width !== told) {{
      told = width;
      setStateValue("width", width);
    }}
  }};
  const observer = new ResizeObserver(() => {{
    clearTimeout(timer);
    timer = setTimeout(tell, told === null ? 0 : 150);
  }});
  observer.observe(host);
  return () => {{
    clearTimeout(timer);
    observer.disconnect();
  }};
}}
"""


def page_width() -> int:
    """Pixels that a figure has for its width, as the browser last told."""
    probe = st.components.v2.component(
        "page_width", html="<div style='height: 0'></div>", js=_SCRIPT
    )
    width = probe(key="page_width", height=1, on_width_change=lambda: None).width
    if not isinstance(width, int | float):
        return PHONE_WIDTH if "Mobi" in st.context.headers.get("User-Agent", "") else DEFAULT_WIDTH
    return int(min(max(width, _LIMITS[0]), _LIMITS[1]))
