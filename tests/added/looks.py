"""What a house says of the things that were added to it, as JSON. Run in that house's folder."""

import contextlib
import io
import json
import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest

from conv.cli import main
from conv.dashboard.pages import PAGES
from conv.results import Results, make_bundle
from conv.scenes import make_scene, scene_type
from conv.sources import load, sizes_of
from conv.spot import Spot
from conv.state.legal import from_query

LINK = {"scene": "powers", "data": "ramp", "power": "three", "i": "1"}


def shell(*arguments):
    """What a command prints, and its exit status."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            status = main(arguments)
        except SystemExit as stop:
            status = stop.code
    return out.getvalue(), status


def page(**link):
    opened = AppTest.from_file(Path.cwd() / "app.py", default_timeout=60)
    for name, value in link.items():
        opened.query_params[name] = value
    return opened.run()


def component(opened, name):
    found = (one.proto for one in opened.get("bidi_component"))
    return next(json.loads(one.bytes or one.json) for one in found if one.component_name == name)


def controls(opened):
    """The options of every control that has some, by its field."""
    widgets = [*opened.selectbox, *opened.get("button_group")]
    return {one.key.rpartition("-")[0]: list(one.options) for one in widgets}


def of_page(lang):
    opened = page(**LINK, lang=lang)
    stage = component(opened, "stage")
    items = [item for band in stage["bands"] for section in band for item in section["rows"][0]]
    texts = {"sum": stage["total"]["text"], "formulas": [one.value for one in opened.latex]}
    dialogs = {}
    for name in ("copy", "export"):
        button = next(one for one in opened.button if one.key == f"toolbar_{name}")
        button.click().run()
        dialogs[name] = component(opened, "to_copy")["text"]
    return {
        "controls": controls(opened),
        "panels": {one["name"]: one["title"] for one in items if one["kind"] == "panel"},
        "scenes": stage["scenes"],
        "errors": [one.value for one in opened.exception],
        "dialogs": dialogs,
        **texts,
    }


def looks():
    view, changes = from_query(LINK, sizes_of)
    bundle = make_bundle(view, load("ramp"))
    spot = Spot(view, bundle, Results(bundle))
    kind = scene_type("powers")
    made = make_scene(view, bundle, spot.results)
    figure = ["figure", "powers", "--data", "ramp", "--power", "two", "-o", "powers.html"]
    return {
        "view": view.to_query(load("ramp").default),
        "changes": [change.field for change in changes],
        "arguments": view.to_arguments(load("ramp").default),
        "file": view.file_name(),
        "powered": made.panel("powered").values.tolist(),
        "copied": [kind.numpy(spot, ""), kind.torch(spot, ""), kind.latex(spot)],
        "help": shell("figure", "--help"),
        "made": shell(*figure),
        "refused": shell(*figure[:-3], "four", "-o", "powers.html"),
        "pages": list(PAGES),
        "page": {lang: of_page(lang) for lang in ("en", "zh")},
    }


if __name__ == "__main__":
    json.dump(looks(), sys.stdout)
