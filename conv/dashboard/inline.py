"""Images that are their own address."""

from __future__ import annotations

from base64 import b64encode


def png_url(png: bytes) -> str:
    """The address that holds a PNG itself. A file that Streamlit serves is gone where the next run
    comes before the browser has asked for it."""
    return "data:image/png;base64," + b64encode(png).decode("ascii")
