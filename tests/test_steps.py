"""The numbers of every place that a scene can move to, against plain loops."""

from dataclasses import fields, replace

import numpy as np

from conv.scenes.panel import Panel
from conv.scenes.scene import Bars, Card, Scene, Section
from conv.scenes.tables import Filling, Gap, Table
from tests.loops import Loops, close
from tests.pads import origin_of
from tests.views import VIEWS, each_view, of_scene, panels_of, scene_of, some_at_a_time

some_views = some_at_a_time(VIEWS)
# The panels whose numbers change from place to place, and the space that they hang on.
STEPS = {
    "patch": "output",
    "product": "output",
    "step_patches": "output",
    "step_correlate": "kernel",
    "step_scatter": "output",
    "step_rot180": "input",
}
# The panels that fill up, and the space whose places are their steps.
FILLINGS = {
    "dw_patches": "output",
    "dw_correlate": "kernel",
    "dx_scatter": "output",
    "dx_rot180": "input",
}


@each_view
def test_every_step_is_what_the_loops_give(view):
    loops, panels = Loops(view), panels_of(scene_of(view)).values()
    for panel in panels:
        if panel.name == "difference":
            assert isinstance(panel.table, Gap)
            continue
        expected = Filling if panel.name in FILLINGS else Table
        assert isinstance(panel.table, expected), panel.name
        assert panel.table.space == (STEPS | FILLINGS).get(panel.name), panel.name
    for places in loops.places():
        for panel in panels:
            if panel.name in STEPS:
                expected = getattr(loops, panel.name)(*places[STEPS[panel.name]])
                moved = replace(panel, places=places)
                close(moved.values, expected, np.abs(expected))
                assert moved.waiting.shape == panel.size
                assert not moved.waiting.any()


@of_scene("forward")
def test_bars_add_up_everywhere(view):
    loops, scene = Loops(view), scene_of(view)
    (bars,) = (item for item in scene.items() if isinstance(item, Bars))
    assert bars.labels == tuple(map(str, loops.channels))
    for places in loops.places():
        moved, (i, j) = replace(bars, places=places), places["output"]
        shares, sizes = loops.shares(i, j)
        close(moved.values, shares, sizes)
        bias, total = moved.totals
        assert bias == loops.b
        whole = sum(sizes) + abs(loops.b)
        close(total, sum(shares) + loops.b, whole)
        close(sum(moved.values) + bias, total, whole)
        own = replace(scene.panel("product"), places=places).values
        close(own.sum(), moved.values[moved.chosen], sizes[loops.channel])
        close(scene.panel("output").values[i, j], total, whole)


def ends(scene, loops, *names):
    """The numbers of these panels after the last step; those of one item or filter alone where
    the scan goes on over others."""
    last = loops.last()
    alone = [name for name in names if loops.view.scan == "one" or name not in FILLINGS]
    return [replace(scene.panel(name), places=last).values for name in alone]


@of_scene("dw")
def test_steps_add_up_to_dw(view):
    scene, loops = scene_of(view), Loops(view)
    steps, cells = scene.panel("step_patches"), scene.panel("step_correlate")
    size = np.abs(steps.table.values).sum(axis=(0, 1))
    summed = np.zeros((loops.kh, loops.kw))
    for cell in loops.output_cells():
        summed += steps.table.at({"output": cell})
    for values in ends(scene, loops, "dw_patches", "dw_item"):
        close(values, summed, size)
    for cell in loops.kernel_cells():
        own = cells.table.at({"kernel": cell})
        for values in ends(scene, loops, "dw_correlate", "dw_item"):
            close(values[cell], own.sum(), np.abs(own).sum())


@of_scene("dx")
def test_steps_add_up_to_dx(view):
    scene, loops = scene_of(view), Loops(view)
    (sh, sw), (ph, pw), (dh, dw) = view.stride, origin_of(view.padding), view.dilation
    shape = loops.sizes()["input_pad"]
    summed, size = np.zeros(shape), np.zeros(shape)
    steps = scene.panel("step_scatter").table
    for i, j in loops.output_cells():
        sent = steps.at({"output": (i, j)})
        for m, k in loops.kernel_cells():
            cell = i * sh + m * dh, j * sw + k * dw
            summed[cell] += sent[m, k]
            size[cell] += abs(sent[m, k])
    inside = slice(ph, ph + loops.height), slice(pw, pw + loops.width)
    for values in ends(scene, loops, "dx_scatter"):
        close(values, summed, size)
    for values in ends(scene, loops, "dx_filter"):
        close(values, summed[inside], size[inside])
    cells, own = scene.panel("step_rot180").table, np.zeros((loops.height, loops.width))
    for cell in np.ndindex(own.shape):
        own[cell] = cells.at({"input": cell}).sum()
    for values in ends(scene, loops, "dx_rot180", "dx_filter"):
        close(own, values, size[inside])


@each_view
def test_a_scene_that_moves_is_the_scene_made_there(view):
    here, loops = scene_of(view), Loops(view)
    *_, drawn = loops.places()
    far = {
        "output": (loops.oh - 1 - view.i, loops.ow - 1 - view.j),
        "kernel": (loops.kh - 1 - view.m, loops.kw - 1 - view.k),
        "input": (loops.height - 1 - view.p, loops.width - 1 - view.q),
    }
    for places in (far, drawn):
        (i, j), (m, k), (p, q) = (places[space] for space in ("output", "kernel", "input"))
        there = scene_of(replace(view, i=i, j=j, m=m, k=k, p=p, q=q))
        assert there.places == {
            **{space: places[space] for space in far},
            "input_pad": (p + origin_of(view.padding)[0], q + origin_of(view.padding)[1]),
            "share": here.places["share"],
            "training": (0, view.t),
        }
        assert here.total_text.at(there.places) == there.total
        assert here.alt_text.at(there.places) == there.alt
        assert unmoved(here) == unmoved(there)
        assert clocks(here, there.places) == clocks(there, there.places)
        for one, other in zip(here.items(), there.items(), strict=True):
            if isinstance(one, Panel | Bars):
                moved = replace(one, places=there.places)
                np.testing.assert_array_equal(moved.values, other.values)
                assert moved.caption == other.caption, one.name
                assert unmoved(one) == unmoved(other), one.name
            if isinstance(one, Panel):
                assert moved.marks == other.marks, one.name
                assert moved.hatched == other.hatched, one.name
            elif isinstance(one, Bars):
                assert moved.totals == other.totals
                for row, same in zip(one.thumbnails, other.thumbnails, strict=True):
                    assert (row.title, row.signed) == (same.title, same.signed)
                    np.testing.assert_array_equal(row.values, same.values)
            elif isinstance(one, Card):
                moved = replace(one, places=there.places)
                assert (moved.title, moved.lines) == (other.title, other.lines)
                assert unmoved(one) == unmoved(other)
            else:
                assert one == other


def clocks(scene, places):
    """What the clocks of a scene's sections say at a place."""
    sections = [section for band in scene.bands for section in band]
    return [s.clock and (s.clock.space, s.clock.text.at(places)) for s in sections]


def unmoved(thing):
    """What of a scene, a section, a panel or bars is the same in every place."""
    moving = {"table", "totals_table", "places", "bands", "rows", "clock", "thumbnails"}
    moving |= {"text", "text_unmarked", "alt_text", "total_text", "title_text", "line_texts"}
    if isinstance(thing, Scene):
        sections = [section for band in thing.bands for section in band]
    else:
        sections = []
    own = [getattr(thing, field.name) for field in fields(thing) if field.name not in moving]
    return own, [unmoved(section) for section in sections if isinstance(section, Section)]
