"""The page without a browser: opened at a link, and what it has and sends."""

import base64
import json
from functools import cache
from pathlib import Path

import numpy as np
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from tests.views import packed

APP = Path(__file__).parents[2] / "app.py"
RNG = np.random.default_rng(0)

# Streamlit looks for components in all installed packages whenever a test opens a page, which takes
# four times as long as the page: once is enough.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def open_page(**link):
    page = AppTest.from_file(APP, default_timeout=60)
    for name, value in link.items():
        page.query_params[name] = value
    return page.run()


def control(page, name):
    """The control of a field, which the page makes anew under another key."""
    for kind in (page.selectbox, page.number_input, page.button_group):
        for widget in kind:
            if widget.key and widget.key.rpartition("-")[0] == name:
                return widget
    raise KeyError(name)


def value(page, name):
    return getattr(page.session_state["_page"].view, name)


def component(page, name):
    """What a component of the page is sent."""
    found = (one.proto for one in page.get("bidi_component"))
    return next(json.loads(one.bytes or one.json) for one in found if one.component_name == name)


def said(page):
    """What the stage is told besides the scene."""
    return component(page, "place")


def stage(page):
    """The scene that the browser is sent."""
    return component(page, "stage")


def tell(page, **fields):
    """Lets the stage tell of its place, as its component hands that on."""
    return _tell(page, "place", "place", fields)


def pick(page, **fields):
    """Lets the stage tell of a pick."""
    return _tell(page, "stage", "pick", fields)


def _tell(page, key, state, fields):
    now = page.session_state["_page"]
    told = {"turn": now.turn + 1, "frame": now.frame, **fields}
    page.session_state[key] = {state: told}
    return page.run()


def to_copy(page):
    """The texts that the page offers to copy, in their order."""
    sent = [one.proto for one in page.get("bidi_component")]
    return [json.loads(one.bytes)["text"] for one in sent if one.component_name == "to_copy"]


def items(page):
    """The panels and bars of the stage by their names."""
    bands = stage(page)["bands"]
    rows = [row for band in bands for section in band for row in section["rows"]]
    return {item["name"]: item for row in rows for item in row if "name" in item}


def numbers_of(table):
    """The numbers of a table that is sent, one behind the other."""
    return np.frombuffer(base64.b64decode(table["data"]), f"<{table['type']}")


def panel(page, name):
    """The numbers that a panel shows where the scene rests."""
    sent, item = stage(page), items(page)[name]
    table = sent["tables"][item["numbers"]["table"]]
    numbers = numbers_of(table)
    at = dict(zip("ijmkpqt", said(page)["at"], strict=True))
    places = {"output": "ij", "kernel": "mk", "input": "pq", "training": "_t"}
    row, column = (at.get(one, 0) for one in places.get(table["space"], "__"))
    entry = numbers.reshape(-1, table["cells"])[row * table["columns"] + column]
    return entry.reshape(item["rows"], item["columns"])


def link(page):
    return {name: v if isinstance(v, str) else v[-1] for name, v in page.query_params.items()}


def own_file():
    """A file of tensors that no other is like."""
    return packed(x=RNG.normal(size=(2, 2, 5, 4)), w=RNG.normal(size=(3, 2, 2, 3)), stride=(2, 1))


def upload(page, file, name="<b>.npz"):
    """Opens the dialog of the tensors and hands it a file."""
    page.button(key="toolbar_tensors").click().run()
    page.file_uploader[0].upload(name, file)
    return page.run()
