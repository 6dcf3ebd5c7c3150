"""Which cells light up where a cell is pointed at, against every product of the definition."""

import random
from functools import lru_cache
from itertools import permutations, product

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

# What each panel has the cells of, and the space whose place is outlined on it from the start.
PANELS = {
    "overview": {
        "input_pad": ("input_pad", "output"),
        "patch": ("patch", "output"),
        "kernel": ("kernel", "output"),
        "kernel_rot180": ("rot180", "output"),
        "output": ("output", "output"),
        "grad_output": ("output", "output"),
        "dw": ("kernel", None),
        "dx": ("input", "output"),
    },
    "forward": {
        "input_pad": ("input_pad", "output"),
        "patch": ("patch", "output"),
        "kernel": ("kernel", "output"),
        "product": ("kernel", None),
        "output": ("output", "output"),
    },
    "dw": {
        "input_pad": ("input_pad", "output"),
        "grad_output": ("output", "output"),
        "step_patches": ("kernel", None),
        "dw_patches": ("kernel", "output"),
        "input_view": ("input_pad", "kernel"),
        "grad_output_all": ("upsampled", "kernel"),
        "step_correlate": ("upsampled", None),
        "dw_correlate": ("kernel", "kernel"),
        "dw_item": ("kernel", None),
        "dw": ("kernel", None),
        "difference": ("kernel", None),
    },
    "dx": {
        "kernel": ("kernel", "output"),
        "grad_output": ("output", "output"),
        "step_scatter": ("kernel", None),
        "dx_scatter": ("dx_pad", "output"),
        "kernel_rot180": ("rot180", "output"),
        "grad_output_pad": ("spread", "input"),
        "step_rot180": ("rot180", None),
        "dx_rot180": ("input", "input"),
        "dx_filter": ("input", None),
        "dx": ("input", None),
        "difference": ("input", None),
    },
}
# The spaces that a panel of each kind answers to; the whole kernel is framed for an output cell
# where that is its home alone.
LINKED = {
    "input_pad": {"output", "kernel", "input_pad"},
    "input": {"output", "kernel", "input_pad", "input"},
    "output": {"output", "kernel", "input_pad", "input"},
    "patch": {"output", "kernel"},
    "kernel": {"kernel", "input_pad", "input"},
    "rot180": {"kernel", "input_pad", "input"},
    "spread": {"output", "input"},
    "dx_pad": {"output", "input"},
    "upsampled": {"output", "input_pad"},
}


# The space that the cells of a panel are places of, where it is not the panel's own.
OWN = {
    "patch": "kernel",
    "rot180": "kernel",
    "input": "input_pad",
    "dx_pad": "input_pad",
    "upsampled": "output",
}


some_views = some_at_a_time([*VIEWS, *any_views(24)])


class Meetings:
    """Every product of out[i, j] += x_pad[i * s + m * d, j * s + k * d] * w[m, k] by its cells."""

    def __init__(self, size, kernel, stride, padding, dilation):
        self.kernel, self.stride = kernel, stride
        self.padding, self.dilation = padding, dilation
        padded = tuple(size[axis] + 2 * padding[axis] for axis in (0, 1))
        by_axis = []
        for axis in (0, 1):
            triples, i = [], 0
            while i * stride[axis] + (kernel[axis] - 1) * dilation[axis] < padded[axis]:
                triples += [
                    (i, m, i * stride[axis] + m * dilation[axis]) for m in range(kernel[axis])
                ]
                i += 1
            by_axis.append(triples)
        self.extent = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
        self.sizes = {
            "output": tuple(max(i for i, _, _ in triples) + 1 for triples in by_axis),
            "kernel": kernel,
            "input_pad": padded,
            "input": size,
            "patch": kernel,
            "rot180": kernel,
            "dx_pad": padded,
            # The window of the last padded cell ends with the last cell.
            "spread": tuple(n + k - 1 for n, k in zip(padded, self.extent, strict=True)),
        }
        self.sizes["upsampled"] = tuple(
            (n - 1) * s + 1 for n, s in zip(self.sizes["output"], stride, strict=True)
        )
        self.met = {pair: {} for pair in permutations(("output", "kernel", "input_pad"), 2)}
        for rows, columns in product(*by_axis):
            i, m, p = zip(rows, columns, strict=True)
            cells = {"output": i, "kernel": m, "input_pad": p}
            for (start, end), found in self.met.items():
                found.setdefault(cells[start], set()).add(cells[end])

    def cells(self, kind, space, place):
        """The cells of a panel of this kind that belong to a place."""
        if space == "input":
            space, place = "input_pad", self.shifted(place, +1)
        if kind == "spread":
            return self.on_spread(space, place)
        own = OWN.get(kind, kind)
        found = {place} if own == space else self.met[space, own].get(place, set())
        if kind == "rot180":
            return {self.turned(cell) for cell in found}
        if kind == "input":
            (rows, columns), moved = self.sizes["input"], {self.shifted(c, -1) for c in found}
            return {(r, c) for r, c in moved if 0 <= r < rows and 0 <= c < columns}
        return {self.upsampled(cell) for cell in found} if kind == "upsampled" else found

    def on_spread(self, space, place):
        """Where output cell i stands in the padded top_diff; and the window of padded input cell
        p: kernel cell m multiplies p by the cell that has p at m * d, i * s = p - m * d."""
        if space == "output":
            return {tuple(self.extent[a] - 1 + place[a] * self.stride[a] for a in (0, 1))}
        return {
            tuple(self.extent[a] - 1 + place[a] - cell[a] * self.dilation[a] for a in (0, 1))
            for cell in product(*map(range, self.kernel))
        }

    def upsampled(self, cell):
        return cell[0] * self.stride[0], cell[1] * self.stride[1]

    def shifted(self, cell, sign):
        return cell[0] + sign * self.padding[0], cell[1] + sign * self.padding[1]

    def turned(self, cell):
        return self.kernel[0] - 1 - cell[0], self.kernel[1] - 1 - cell[1]

    def places(self, space, seed):
        """All places of a small space; of a large one every row and every column once, the
        corners, and a dozen more."""
        rows, columns = self.sizes[space]
        if rows * columns <= 60:
            return list(product(range(rows), range(columns)))
        rng = random.Random(f"{seed} {space}")
        drawn = [(rng.randrange(rows), rng.randrange(columns)) for _ in range(12)]
        some = max(rows, columns)
        turned = rng.randrange(some)
        across = [(k % rows, (k + turned) % columns) for k in range(some)]
        return [*across, *drawn, *product((0, rows - 1), (0, columns - 1))]


@lru_cache(maxsize=2)
def meetings(*sizes):
    return Meetings(*sizes)


def meetings_of(view):
    size = tensors(view)[0].x.shape[2:]
    return meetings(size, view.kernel, view.stride, view.padding, view.dilation)


def kinds_of(view):
    """Each panel of the view's scene, with its kind and its home."""
    panels = panels_of(scene_of(view))
    assert set(panels) == set(PANELS[view.scene])
    return [(panel, *PANELS[view.scene][name]) for name, panel in panels.items()]


def linked_spaces(kind, home):
    return LINKED[kind] | ({home} if home in {"output", "kernel"} else set())


def role(panel, kind, space):
    if kind == "spread":
        return "top_diff" if space == "output" else "window"
    if kind in {"output", "upsampled"}:
        return "output" if panel.name == "output" else "top_diff"
    if kind in {"input", "dx_pad"} and space == "input":
        return "output"
    return "kernel" if kind in {"kernel", "rot180"} else "window"


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
