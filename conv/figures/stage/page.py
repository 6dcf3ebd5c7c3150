"""The stage's script, and the stand-alone page that holds it."""

from __future__ import annotations

import html
import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import plotly
from plotly.offline import get_plotlyjs_version

from conv.figures.origin import Origin
from conv.figures.sheet import PLAIN, Sheet

from .data import Json
from .modules import bundle
from .style import STYLE

FOLDER = Path(__file__).parent
ENTRY = FOLDER / "mount.js"

SCRIPT = bundle(ENTRY)
"""A JavaScript module. Its default export takes what a component of Streamlit takes: data,
parentElement and setTriggerValue."""


PLOTLY_FILE = "plotly.min.js"
PLOTLY = ("inline", "cdn", "directory")


def plotly_path() -> Path:
    """Where the installed package's plotly.js is."""
    return Path(plotly.__file__).parent / "package_data" / PLOTLY_FILE


def plotly_js() -> str:
    """The script of the installed plotly.js."""
    return plotly_path().read_text(encoding="utf-8")


def stage_page(
    data: Json,
    title: str,
    *,
    sheet: Sheet = PLAIN,
    origin: Origin | None = None,
    plotlyjs: str = "inline",
    heading: tuple[str, str] | None = None,
    film: bool = False,
) -> str:
    """`data` of a scene as a page of HTML, below a `heading`: what it is, and of what. plotly.js is
    inside, or comes from its own network, from a file beside the page ("directory"), or from
    another address. A page for a `film` shows no buttons, and has what a camera needs."""
    # Inside a script, "</" could close it, and "<!--" open a comment.
    scene = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    looks = {"clear": sheet.transparent, "untitled": not sheet.titles, "film": film}
    classes = " ".join(["stage-page", *(name for name, on in looks.items() if on)])
    theme = f' style="color-scheme: {sheet.theme}"' if sheet.theme else ""
    width = f' style="max-width: {sheet.width}px"' if sheet.width else ""
    return f"""<!doctype html>
<html lang="{html.escape(data["lang"])}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>{_about(origin)}
<style>{STYLE}</style>
{_plotly_tag(plotlyjs)}
</head>
<body class="{classes}"{theme}>
<main{width}>{_header(heading)}</main>
<script type="application/json" id="scene">{scene}</script>
<script type="module">
{SCRIPT}
const data = JSON.parse(document.getElementById("scene").textContent);
stage({{ data, parentElement: document.querySelector("main") }});
{bundle(FOLDER / "film.js", after=ENTRY) if film else ""}</script>
</body>
</html>
"""


def _header(heading: tuple[str, str] | None) -> str:
    if heading is None:
        return ""
    title, about = map(html.escape, heading)
    return f"<header><h1>{title}</h1><p>{about}</p></header>"


def _about(origin: Origin | None) -> str:
    """The page's origin as entries of its head."""
    if origin is None:
        return ""
    entries = {
        "description": origin.about,
        "dcterms.source": origin.link,
        "dcterms.provenance": origin.command,
    }
    tags = (f'<meta name="{key}" content="{html.escape(text)}">' for key, text in entries.items())
    return "\n" + "\n".join(tags)


def _plotly_tag(where: str) -> str:
    if where == "inline":
        return f"<script>{plotly_js()}</script>"
    if where == "cdn":
        digest = b64encode(sha256(plotly_js().encode()).digest()).decode()
        address = f"https://cdn.plot.ly/plotly-{get_plotlyjs_version()}.min.js"
        return f'<script src="{address}" integrity="sha256-{digest}" crossorigin></script>'
    address = PLOTLY_FILE if where == "directory" else html.escape(where)
    return f'<script src="{address}"></script>'
