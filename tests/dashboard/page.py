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
    for kind in (page.selectbox, page.number_input, page.button_group):
        for widget in kind:
            if widget.key == name:
                return widget
    raise KeyError(name)


def value(page, name):
    return page.session_state[name]


def stage(page):
    """What the browser is sent."""
    return json.loads(page.get("bidi_component")[0].proto.json)


def to_copy(page):
    """The texts that the page offers to copy, in their order."""
    sent = [one.proto for one in page.get("bidi_component")]
    return [json.loads(one.json)["text"] for one in sent if one.component_name == "to_copy"]


def items(page):
    """The panels and bars of the stage by their names."""
    bands = stage(page)["bands"]
    rows = [row for band in bands for section in band for row in section["rows"]]
    return {item["name"]: item for row in rows for item in row if "name" in item}


def panel(page, name):
    """The numbers that a panel shows where the scene rests."""
    sent, item = stage(page), items(page)[name]
    table = sent["tables"][item["numbers"]["table"]]
    numbers = np.frombuffer(base64.b64decode(table["data"]), f"<{table['type']}")
    row, column = sent["places"][table["space"]] if table["space"] else (0, 0)
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
