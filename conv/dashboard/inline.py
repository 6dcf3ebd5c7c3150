"""Images that are their own address."""

from __future__ import annotations

from base64 import b64encode


def image_url(image: bytes, kind: str) -> str:
    """The address that holds an image itself. A file that Streamlit serves is gone where the next
    run comes before the browser has asked for it."""
    return f"data:image/{kind};base64," + b64encode(image).decode("ascii")


def png_url(png: bytes) -> str:
    """The address that holds a PNG itself."""
    return image_url(png, "png")
