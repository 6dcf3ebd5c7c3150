"""Which cells of a scene's panels meet, by every product of the definition."""

import random
from functools import lru_cache
from itertools import permutations, product

from tests.pads import origin_of, pads_of
from tests.views import tensors

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


class Meetings:
    """Every product of out[i, j] += x_pad[i * s + m * d, j * s + k * d] * w[m, k] by its cells."""

    def __init__(self, size, kernel, stride, padding, dilation):
        self.kernel, self.stride = kernel, stride
        self.origin, self.dilation = origin_of(padding), dilation
        padded = tuple(size[axis] + sum(pads_of(padding)[axis]) for axis in (0, 1))
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
        return cell[0] + sign * self.origin[0], cell[1] + sign * self.origin[1]

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
