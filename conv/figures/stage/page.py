"""The stage's script and style, and the stand-alone page that holds them."""

from __future__ import annotations

import html
import json
from importlib.resources import files

from .data import Json

_FOLDER = files(__package__)
_PARTS = (
    "dom",
    "numbers",
    "tables",
    "sources",
    "clocks",
    "pictures",
    "panel",
    "bars",
    "curves",
    "strips",
    "transport",
    "foot",
    "player",
    "keys",
    "layout",
    "stage",
    "mount",
)


def _read(name: str) -> str:
    return _FOLDER.joinpath(name).read_text(encoding="utf-8")


def _lean(script: str) -> str:
    """`script` without comments and indentation, a quarter of it, which the page would be sent
    with every answer."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


SCRIPT = "\n".join(_lean(_read(f"{part}.js")) for part in _PARTS)
"""A JavaScript module. Its default export takes what a component of Streamlit takes: data,
parentElement and setTriggerValue."""

STYLE = _read("stage.css")


def stage_page(data: Json, title: str) -> str:
    """`data` of a scene as a page of HTML that needs nothing else: plotly.js is inside."""
    plotly = files("plotly").joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")
    # Inside a script, "</" could close it, and "<!--" open a comment.
    scene = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f"""<!doctype html>
<html lang="{html.escape(data["lang"])}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>{STYLE}</style>
<script>{plotly}</script>
</head>
<body class="stage-page">
<main></main>
<script type="application/json" id="scene">{scene}</script>
<script type="module">
{SCRIPT}
const data = JSON.parse(document.getElementById("scene").textContent);
stage({{ data, parentElement: document.querySelector("main") }});
</script>
</body>
</html>
"""
