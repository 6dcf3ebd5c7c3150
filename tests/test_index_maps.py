"""Which cells light up where a cell is pointed at, against every product of the definition."""

from itertools import product

from tests.meetings import PANELS, linked_spaces, meetings_of, role
from tests.views import (
    VIEWS,
    any_views,
    each_view,
    name_of,
    panels_of,
    scene_of,
    some_at_a_time,
    tensors,
)

some_views = some_at_a_time([*VIEWS, *any_views(24)])


def kinds_of(view):
    """Each panel of the view's scene, with its kind and its home."""
    panels = panels_of(scene_of(view))
    assert set(panels) == set(PANELS[view.scene])
    return [(panel, *PANELS[view.scene][name]) for name, panel in panels.items()]


def outlined(mark, size):
    """The cells that a mark outlines one by one; they begin and end with its box, in the panel."""
    if mark is None:
        return set()
    box, (rows, columns) = mark.box, mark.step
    assert 0 <= box.top < box.bottom <= size[0]
    assert 0 <= box.left < box.right <= size[1]
    assert (box.bottom - 1 - box.top) % rows == 0
    assert (box.right - 1 - box.left) % columns == 0
    return set(product(range(box.top, box.bottom, rows), range(box.left, box.right, columns)))


@each_view
def test_a_place_outlines_the_cells_that_it_meets(view):
    truth = meetings_of(view)
    for panel, kind, home in kinds_of(view):
        shape = panel.values.shape
        assert set(panel.links) == linked_spaces(kind, home), panel.name
        for space, (link,) in panel.links.items():
            assert (len(link.rows), len(link.columns)) == truth.sizes[space], (panel.name, space)
            assert link.role == role(panel, kind, space), (panel.name, space)
            for place in truth.places(space, name_of(view)):
                mark = link.at(place)
                expected = truth.cells(kind, space, place)
                found = outlined(mark, shape)
                assert found == expected, (panel.name, space, place)
                assert mark is None or mark.role == link.role


@each_view
def test_a_pointed_cell_is_the_place_that_it_stands_for(view):
    truth = meetings_of(view)
    stands = {
        "input_pad": lambda cell: ("input_pad", cell),
        "output": lambda cell: ("output", cell),
        "kernel": lambda cell: ("kernel", cell),
        "patch": lambda cell: ("kernel", cell),
        "rot180": lambda cell: ("kernel", truth.turned(cell)),
    }
    if view.scene == "overview":
        stands["input"] = lambda cell: ("input_pad", truth.shifted(cell, +1))
    else:
        stands["input"] = lambda cell: ("input", cell)
    outputs, inputs = (list(product(*map(range, truth.sizes[s]))) for s in ("output", "input"))
    own = {cell: place for place in outputs for cell in truth.on_spread("output", place)}
    among_zeros = {truth.upsampled(place): place for place in outputs}
    in_padded = {truth.shifted(place, +1): place for place in inputs}
    stands["spread"] = lambda cell: ("output", own.get(cell))
    stands["upsampled"] = lambda cell: ("output", among_zeros.get(cell))
    stands["dx_pad"] = lambda cell: ("input", in_padded.get(cell))
    for panel, kind, _ in kinds_of(view):
        cells, (rows, columns) = panel.cells, panel.values.shape
        assert (rows, columns) == truth.sizes[kind], panel.name
        assert (len(cells.rows), len(cells.columns)) == (rows, columns), panel.name
        for row, column in product(range(rows), range(columns)):
            place = cells.rows[row], cells.columns[column]
            known = (cells.space, None if -1 in place else place)
            assert known == stands[kind]((row, column)), (panel.name, row, column)


@each_view
def test_a_panel_opens_with_what_belongs_to_its_home(view):
    scene, truth = scene_of(view), meetings_of(view)
    spaces = {"output", "kernel", "input", "input_pad"}
    assert set(scene.places) == set(scene.sizes) == spaces | {"share", "training"}
    for space in spaces:
        assert scene.sizes[space] == truth.sizes[space]
    per_group = tensors(view)[0].w.shape[1]
    assert scene.sizes["share"] == (1, per_group)
    assert scene.places["share"] == (0, view.c % per_group)
    assert scene.places["output"] == (view.i, view.j)
    assert scene.places["kernel"] == (view.m, view.k)
    assert scene.places["input"] == (view.p, view.q)
    assert scene.places["input_pad"] == truth.shifted((view.p, view.q), +1)
    for panel, kind, home in kinds_of(view):
        assert panel.home == home, panel.name
        assert panel.places == scene.places
        cells = set().union(*(outlined(mark, panel.values.shape) for mark in panel.marks))
        expected = truth.cells(kind, home, scene.places[home]) if home else set()
        assert cells == expected, panel.name
