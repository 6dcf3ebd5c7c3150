"""The walk through the notebook: its sections in their order, and how each of them is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from conv.layer import DataSet
from conv.ops import ConvError, Geometry
from conv.ops.textbook import Array
from conv.results import Bundle, make_bundle
from conv.sources import load
from conv.spot import Spot
from conv.state.legal import nearest
from conv.state.rooms import SECTIONS, Listed
from conv.state.view import PLACES, View

from . import corrections, formulas, sections
from .indices import Followed
from .running import Ran, run_code

_STAND_IN = "paper"


@dataclass(frozen=True, kw_only=True)
class Section(Listed):
    """A section: its code for the cells that it follows, and its formula in LaTeX, or an `uneven`
    one for padding that differs before and after. One that `corrects` the original leaves arrays
    `wrong` and `right` of the tensor that it names."""

    code: Callable[[Followed], str]
    formula: str
    corrects: str = ""
    uneven: str = ""

    def formula_of(self, geometry: Geometry) -> str:
        """The formula for a geometry's padding."""
        return self.uneven if self.uneven and geometry.is_uneven else self.formula


_IN_ORDER: Sequence[tuple[str, Callable[[Followed], str], str, str]] = (
    ("define", sections.define, formulas.DEFINE, ""),
    ("forward", sections.forward, formulas.FORWARD, ""),
    ("unseeded", corrections.unseeded, formulas.UNSEEDED, "w"),
    ("derivation", sections.derivation, formulas.DERIVATION, ""),
    ("backward", sections.backward, formulas.BACKWARD, ""),
    ("dw", sections.weight, formulas.DW, ""),
    ("claim", corrections.claim, formulas.CLAIM, "dw"),
    ("dw_stride", corrections.weight_stride, formulas.DW_STRIDE, "dw"),
    ("dx", sections.input_, formulas.DX, ""),
    ("rotation_doubt", corrections.rotation_doubt, formulas.ROTATION_DOUBT, "dx"),
    ("crop", corrections.crop, formulas.CROP, "dx"),
    ("dx_stride", corrections.input_stride, formulas.DX_STRIDE, "dx"),
    ("dx_kernel", corrections.input_kernel, formulas.DX_KERNEL, "dx"),
    ("update", sections.update, formulas.UPDATE, ""),
    ("fresh", corrections.fresh, formulas.FRESH, "w"),
    ("alias", corrections.alias, formulas.ALIAS, "w"),
    ("momentum", corrections.momentum, formulas.MOMENTUM, "w"),
    ("rotation", sections.rotation, formulas.ROTATION, ""),
    ("broadcasting", sections.broadcasting, formulas.BROADCASTING, ""),
    ("logarithm", sections.logarithm, formulas.LOGARITHM, ""),
)
_UNEVEN = {"forward": formulas.FORWARD_UNEVEN, "crop": formulas.CROP_UNEVEN}
WALK: Mapping[str, Section] = MappingProxyType(
    {
        name: Section(
            name=name,
            position=k,
            code=code,
            formula=formula,
            corrects=corrects,
            uneven=_UNEVEN.get(name, ""),
        )
        for k, (name, code, formula, corrects) in enumerate(_IN_ORDER)
    }
)
for _section in WALK.values():
    SECTIONS.add(_section)


@dataclass(frozen=True, eq=False)
class Walked:
    """A section that has been run: for which view, in which tensors, and what came of it. It
    `stands_in` where the reader's data show nothing of what it is about, so that the worked
    example's do."""

    section: Section
    view: View
    bundle: Bundle
    followed: Followed
    ran: Ran
    stands_in: bool = False

    def part(self, name: str) -> Array:
        """What the section shows of its array `name`: dx[n, c], or dw[f, c] or w[f, c]."""
        array, at = self.ran.values[name], self.followed
        places = (at.n, at.c) if self.section.corrects == "dx" else (at.f, at.c)
        part: Array = array[places]
        return part


def walk(view: View, bundle: Bundle) -> Walked:
    """Runs the section that a legal view names, in the tensors of the view. A section that corrects
    the original is run in the worked example where it would show nothing wrong in these.

    >>> data = load("paper")
    >>> view = replace(data.default, section="derivation")
    >>> float(walk(view, make_bundle(view, data)).ran.values["output"])
    -2.0
    """
    section = WALK[view.section]
    try:
        walked = _run(section, view, bundle)
    except (ValueError, ConvError):
        walked = None
    if walked and (not section.corrects or _fails(walked)):
        return walked
    example, data = _stand_in(view)
    return replace(_run(section, example, make_bundle(example, data)), stands_in=True)


def walked_of(spot: Spot) -> Walked:
    """The section of a spot's view, prepared or run now."""
    return spot.found(Walked) or walk(spot.view, spot.bundle)


def _run(section: Section, view: View, bundle: Bundle) -> Walked:
    followed = Followed.of(view, bundle)
    ran = run_code(section.code(followed), tensors_of(bundle))
    return Walked(section, view, bundle, followed, ran)


def tensors_of(bundle: Bundle) -> dict[str, Any]:
    """What the code is given."""
    given = {"x": bundle.x, "w": bundle.w, "b": bundle.b, "grad_output": bundle.grad_output}
    return {name: np.array(array) for name, array in given.items()}


def _fails(walked: Walked) -> bool:
    """Whether the cells that are shown are wrong, by more than rounding."""
    wrong, right = (walked.part(name) for name in ("wrong", "right"))
    if wrong.shape != right.shape:
        return True
    if not (np.isfinite(wrong).all() and np.isfinite(right).all()):
        return False
    return not np.allclose(wrong, right, rtol=1e-6, atol=1e-9 * float(np.abs(right).max(initial=0)))


def _stand_in(view: View) -> tuple[View, DataSet]:
    """The worked example, for the section of a view."""
    data = load(_STAND_IN)
    kept = {name: getattr(view, name) for name in (*PLACES, "scene", "section", "lang")}
    wish = replace(data.default, **kept)
    return nearest(wish, data.sizes)[0], data
