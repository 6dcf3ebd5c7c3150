"""The walk's panels: what they show is what its code computes."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from conv.lessons import walk
from conv.results import Results
from conv.scenes import make_scene
from conv.scenes.curves import Curves
from conv.scenes.panel import Panel
from conv.scenes.scene import Bars, Card
from conv.scenes.tables import Filling
from conv.state.rooms import SECTIONS
from tests.test_notebook import CASES, case, truth

# What panels show of the code's names; `at` are the followed item, channel and filter.
SHOWN = {
    "define": {
        "output": ("out", "nf"),
        "dw": ("dw", "fc"),
        "dx": ("dx", "nc"),
        "grad_output": ("grad_output", "nf"),
    },
    "forward": {"input_pad": ("x_pad", "nc"), "kernel": ("w", "fc"), "output": ("out", "nf")},
    "derivation": {"patch": ("patch", "c"), "kernel": ("kernel", "c"), "product": ("product", "c")},
    "backward": {"step_patches": ("step_patches", ""), "step_scatter": ("step_scatter", "")},
    "dw": {"dw": ("dw_patches", "fc"), "input_view": ("x_pad", "nc")},
    "dx": {"dx": ("dx_scatter", "nc"), "kernel_rot180": ("rotated", "fc")},
    "update": {
        "kernel": ("w", "fc"),
        "dw": ("dw", "fc"),
        "step": ("step", "fc"),
        "kernel_new": ("w_new", "fc"),
    },
    "rotation": {
        "array": ("array", ""),
        "array_90": ("once", ""),
        "array_180": ("twice", ""),
        "kernel_90": ("kernel_90", ""),
        "kernel_180": ("kernel_180", ""),
    },
    "broadcasting": {"patch": ("patch", "nc"), "step_patches": ("step", "nc")},
}


@pytest.mark.parametrize("name", CASES)
def test_panels_show_what_the_code_computes(name):
    view, bundle, _data = case(name)
    results = Results(bundle)
    for section in SECTIONS:
        own = replace(view, section=section)
        walked = walk(own, bundle)
        scene = make_scene(own, bundle, results, walked)
        items = {
            item.name: item
            for item in scene.items()
            if isinstance(item, Panel | Bars | Curves | Card)
        }
        about = {panel for line in walked.ran.lines for panel in line.panels}
        assert about == set(items), section
        assert scene.listing.lines == walked.ran.lines
        at = dict(zip("ncf", truth(walked.view, walked.bundle)["picked"], strict=True))
        shown = SHOWN.get(section) or {
            one: (
                one,
                walked.section.corrects.replace("dx", "nc").replace("dw", "fc").replace("w", "fc"),
            )
            for one in ("wrong", "right")
            if isinstance(items.get(one), Panel)
        }
        for panel, (variable, axes) in shown.items():
            expected = walked.ran.values[variable][tuple(at[axis] for axis in axes)]
            table, last = (
                items[panel].table,
                {space: (rows - 1, columns - 1) for space, (rows, columns) in scene.sizes.items()},
            )
            found = table.at(last if isinstance(table, Filling) else scene.places)
            size = float(np.abs(expected).max(initial=0))
            np.testing.assert_allclose(
                found, expected, rtol=1e-9, atol=1e-12 * size, err_msg=f"{section} {panel}"
            )


def test_planes_and_stretched_numbers_are_those_of_the_product():
    view, bundle, _ = case("as it opens")
    view = replace(view, section="broadcasting")
    scene = make_scene(view, bundle, Results(bundle))
    last = {**scene.places, "array": (3, 2)}
    for k in (0, 1):
        array, number, made = (
            scene.panel(f"{name}_{k}").table.at(last) for name in ("array", "numbers", "product")
        )
        np.testing.assert_array_equal(array, np.arange(6).reshape(2, 3) + 6 * k)
        np.testing.assert_array_equal(number, np.full((2, 3), (10, 100)[k]))
        np.testing.assert_array_equal(made, array * number)
        copies = {
            (r, c) for hatch in scene.panel(f"numbers_{k}").hatches for r, c in cells_of(hatch.box)
        }
        assert copies == set(np.ndindex(2, 3)) - {(0, 0)}


def cells_of(box):
    return product(range(box.top, box.bottom), range(box.left, box.right))


def test_a_turned_array_links_each_cell_to_where_it_came_from():
    """A turned cell is a place of the array, and the outline of a place is on its number."""
    view, bundle, _ = case("rectangular kernel")
    view = replace(view, section="rotation")
    scene = make_scene(view, bundle, Results(bundle))
    for space, names in (
        ("array", ("array_90", "array_180")),
        ("kernel", ("kernel_90", "kernel_180")),
    ):
        whole = scene.panel(space).table.values
        for name, place in product(names, np.ndindex(*whole.shape)):
            panel = scene.panel(name)
            [link] = panel.links[space]
            box = link.at(place).box
            assert (box.bottom - box.top, box.right - box.left) == (1, 1)
            cell = box.top, box.left
            turned = np.rot90(whole, 1 if name.endswith("90") else 2)
            assert turned[cell] == whole[place]
            own = panel.cells
            assert place == (
                (own.rows[cell[1]], own.columns[cell[0]])
                if own.transposed
                else (own.rows[cell[0]], own.columns[cell[1]])
            )
            assert panel.letters[cell[0]][cell[1]] == scene.panel(space).letters[place[0]][place[1]]


def test_curves_mark_the_number_and_the_probability():
    view, bundle, _ = case("as it opens")
    view = replace(view, section="logarithm")
    scene = make_scene(view, bundle, Results(bundle))
    logs, loss = (item for item in scene.items() if isinstance(item, Curves))
    assert logs.points[logs.step + 1] == "2.7"
    marked = logs.values[:, logs.step + 1]
    np.testing.assert_allclose(marked, [np.log(2.7), np.log2(2.7), np.log10(2.7)])
    p = float(loss.points[loss.step + 1])
    ran = walk(view, bundle).ran
    assert abs(p - ran.values["p"][0]) <= 0.005
    np.testing.assert_allclose(loss.values[:, loss.step + 1], [-np.log(p), -np.log10(p)])
