"""What is outlined and hatched on a panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from conv.ops.axis import Span
from conv.ops.geometry import Pair
from conv.spot import Space

Role = Literal["window", "output", "kernel", "top_diff"]


HatchKind = Literal["padding", "leftover", "inserted", "cropped", "stretched", "waiting"]


@dataclass(frozen=True)
class Box:
    """Cells from row `top` to before `bottom`, from column `left` to before `right`."""

    top: int
    bottom: int
    left: int
    right: int

    def is_empty(self) -> bool:
        """Whether no cell is inside."""
        return self.top >= self.bottom or self.left >= self.right


@dataclass(frozen=True)
class Mark:
    """An outline round a box, in the colour of its role; `step` is the distance of the cells
    that take part (the dilation), which are outlined one by one where it is not (1, 1)."""

    role: Role
    box: Box
    step: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Link:
    """Which cells of a panel belong to each place of a space: those where the place's rows and
    columns meet; `transposed`, the place's column says which rows, and its row which columns."""

    role: Role
    rows: tuple[Span, ...]
    columns: tuple[Span, ...]
    transposed: bool = False

    def at(self, place: Pair) -> Mark | None:
        """The outline that belongs to `place`; None where no cell does."""
        down, right = place[::-1] if self.transposed else place
        rows, columns = self.rows[down], self.columns[right]
        box = Box(rows.start, rows.stop, columns.start, columns.stop)
        return None if box.is_empty() else Mark(self.role, box, (rows.step, columns.step))


@dataclass(frozen=True)
class Cells:
    """What the cells of a panel are: cell (r, c) is place (rows[r], columns[c]) of `space`, or
    none where one of them is -1. `transposed`, it is (rows[c], columns[r])."""

    space: Space
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    transposed: bool = False


@dataclass(frozen=True)
class Hatch:
    """Cells that are no data like others: padding, rows and columns that no window reads, zeros put
    in between, what is cropped, copies of a number, or what waits to be computed."""

    kind: HatchKind
    box: Box
