"""The kernel, and a power of it that the view picks."""

from __future__ import annotations

from conv.spot import Spot
from conv.state.rooms import SCENES

from .grounds import kernel_ground
from .panels import kernel_panel, panel
from .registry import SceneType
from .scene import Operator, Scene, Section
from .tables import Table
from .texts import Number, message

_EXPONENTS = {"one": 1, "two": 2, "three": 3}


def powers(spot: Spot) -> Scene:
    """The panels kernel and powered."""
    values = spot.kernel ** _EXPONENTS[spot.view.power]
    ground = kernel_ground(spot.geometry)
    powered = panel("powered", message("caption.powered"), Table(values), ground, home="kernel")
    bands = ((Section(None, ((kernel_panel(spot), Operator("→"), powered),)),),)
    total = message("sum.powers", value=Number(Table(values, "kernel"), 6))
    return Scene(bands, total, total, spot.sizes, spot.places, clocks=("kernel",))


SCENES.add(
    SceneType(
        name="powers",
        position=2.5,
        build=powers,
        fields=("power",),
        formulas=(r"v &= w^e",),
        numpy=lambda spot, _: f"powered = np.array({spot.kernel.tolist()})",
        torch=lambda spot, _: f"powered = torch.tensor({spot.kernel.tolist()})",
        latex=lambda spot: rf"{spot.kernel[0, 0]:g}^{_EXPONENTS[spot.view.power]}",
    )
)
