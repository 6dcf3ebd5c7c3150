"""Every scene in Firefox and in WebKit: it is painted, nothing of it is cut off, and it moves."""

from pathlib import Path

import numpy as np
import pytest

from conv.figures.palette import THEMES, color_at
from conv.state.rooms import SCENES
from tests.dashboard.on_page import AWAY
from tests.dashboard.other_browsers import BROWSERS, RIGHT, program
from tests.dashboard.windows import LEAN

pytestmark = pytest.mark.browser
DATA = Path(__file__).parents[2] / "data_pic"
WIDTH, HEIGHT = 1440, 900
N, C, F = 2, 5, 3
# Another scene than the first, which a key must bring as well.
LINK = f"scene=forward&n={N}&c={C}&f={F}&i=4&j=6&mistake=unrotated&lang=en&{LEAN}"
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


class Layer:
    """What the panels ought to show, from the files."""

    def __init__(self):
        x = np.load(DATA / "data_3_relu1[10-32-14-14].npy")
        self.padded = np.pad(x[N, C], 1)
        self.kernel = np.load(DATA / "weight[16-32-3-3].npy")[F, C]
        self.grad_output = np.load(DATA / "residual_7_maxpooling[10 16 14 14].npy")[N, F]

    def patch(self, i, j):
        return self.padded[i : i + 3, j : j + 3]

    def product(self, i, j):
        return self.patch(i, j) * self.kernel

    def step_patches(self, i, j):
        return self.patch(i, j) * self.grad_output[i, j]

    def step_scatter(self, i, j):
        return self.kernel * self.grad_output[i, j]


# The scene's panel whose colours are compared, and the one whose numbers are.
PANELS = {
    "overview": ("kernel", "patch"),
    "forward": ("kernel", "product"),
    "dw": ("grad_output", "step_patches"),
    "dx": ("kernel", "step_scatter"),
    "update": ("kernel", None),
    "mistakes": ("kernel", None),
    "quiz": ("grad_output", None),
    "notebook": ("kernel", "patch"),
}
STILL = ("mistakes", "quiz")
WITHOUT_STRIPS = ("notebook",)


@pytest.fixture(params=BROWSERS)
def page(request):
    needed, start = BROWSERS[request.param]
    for names in needed:
        if program(*names) is None:
            pytest.skip(f"{' or '.join(names)} is not installed")
    server = request.getfixturevalue("server")
    with start() as page:
        page.open(f"{server}/?{LINK}", WIDTH, HEIGHT)
        page.wait("shows", "forward")
        yield page


@pytest.fixture
def turn(page, request):  # noqa: ARG001 - after the page, which has the browser
    return list(BROWSERS).index(request.node.callspec.params["page"]) % 2


def test_every_scene(page, turn, subtests):
    """Each in one of the other browsers, which take turns; a scene of steps in both."""
    layer = Layer()
    for key, scene in enumerate(SCENES, 1):
        if key % 2 != turn and scene != "dw":
            continue
        with subtests.test(scene=scene):
            look_at(page, layer, str(key), scene)


def look_at(page, layer, key, scene):
    painted, numbered = PANELS[scene]
    page.ask("focus")
    page.press(key)
    page.wait("shows", scene)
    assert_whole(page.look(), strips=scene not in WITHOUT_STRIPS)
    values = getattr(layer, painted)
    page.until(lambda: is_painted(page, painted, values), f"{painted} has its numbers' shades")
    page.until(lambda: follows_pointer(page, painted), f"{painted} is pointed at")
    page.point(*AWAY)
    page.wait("says", {"over": ""})
    if scene not in STILL:
        moved = step_right(page)
        if numbered:
            shown = page.look()["panels"][numbered]
            close_to_three_digits(numbers(shown), getattr(layer, numbered)(*moved))
    shown = page.look()
    assert (shown["failed"], shown["faults"]) == ([], [])


def assert_whole(shown, *, strips):
    """Every thumbnail is seen, in strips inside the stage; no row of panels has wrapped."""
    counts = {name: strip["count"] for name, strip in shown["strips"].items()}
    assert counts == ({"n": 10, "c": 32, "f": 16} if strips else {})
    assert {name: strip["seen"] for name, strip in shown["strips"].items()} == counts
    assert all(strip["inside"] for strip in shown["strips"].values())
    assert shown["wrapped"] == 0


def is_painted(page, name, values):
    """Whether the most of each cell has its number's shade. What a browser has drawn, its window
    may show later."""
    panel = panel_of(page, name)
    assert values.shape == (panel["rows"], panel["columns"])
    size = np.abs(values).max()
    expected = [color_at(THEMES["light"].signed, (1 + v / size) / 2) for v in values.flat]
    picture = page.picture()
    found = [most(picture, panel, *cell) for cell in np.ndindex(values.shape)]
    return np.allclose(found, expected, rtol=0, atol=3)


def panel_of(page, name):
    page.ask("center", name)
    return page.look()["panels"][name]


def sides(panel):
    return [panel["box"][name] for name in ("left", "top", "width", "height")]


def most(picture, panel, row, column):
    """The colour that a cell has most of."""
    left, top, width, height = sides(panel)
    wide, high = width / panel["columns"], height / panel["rows"]
    corner = (left + column * wide, top + row * high)
    box = (*corner, corner[0] + wide, corner[1] + high)
    cell = picture.crop([round(side) for side in box])
    return max(cell.getcolors(cell.width * cell.height))[1]


def follows_pointer(page, name):
    panel = panel_of(page, name)
    left, top, width, height = sides(panel)
    page.point(left + 1.5 * width / panel["columns"], top + 0.5 * height / panel["rows"])
    return page.ask("says", {"over": name, "at": "0,1"})


def step_right(page):
    row, column = map(int, page.look()["at"].split(","))
    page.press(RIGHT)
    page.wait("says", {"at": f"{row},{column + 1}"})
    return row, column + 1


def numbers(panel):
    """A panel's numbers as they are written."""
    power = panel["power"].removeprefix("×10").translate(SUPERSCRIPTS) or "0"
    written = [float(text.replace("−", "-")) for text in panel["numbers"]]
    return np.reshape(written, (panel["rows"], panel["columns"])) * 10.0 ** int(power)


def close_to_three_digits(found, expected):
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.0051 * np.abs(expected).max())
