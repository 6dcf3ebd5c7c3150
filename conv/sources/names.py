"""Under which names people save the arrays of a layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conv.ops import ConvError

from .archive import Member

NAMES: Mapping[str, Sequence[str]] = {
    "x": ("x", "input", "inputs", "X", "in_data", "bottom", "A_prev", "activation"),
    "w": ("w", "weight", "weights", "W", "kernel", "filters"),
    "b": ("b", "bias"),
    "grad_output": (
        *("grad_output", "top_diff", "dout", "dy", "dY", "dZ", "grad_out", "residual", "delta"),
    ),
    "kernel": ("kernel", "kernel_size"),
    "stride": ("stride", "strides"),
    "padding": ("padding", "pad", "pads"),
    "auto_pad": ("auto_pad",),
    "dilation": ("dilation", "dilations", "dilation_rate", "rate"),
    "groups": ("groups", "group"),
    "transposed": ("transposed",),
    "output_padding": ("output_padding",),
    "link": ("link",),
}
RESULTS = (
    *("output", "out", "y", "Z"),
    *("dw", "dW", "grad_w", "weight_grad", "w_diff"),
    *("dx", "dX", "dA_prev", "grad_input", "bottom_diff"),
    *("db", "grad_b", "b_diff"),
)
_LONGEST = 40  # signs of a name that is shown
_OUR_OWN = ("about", "output", "dw", "dx", "db")  # in a file of ours, beside what is read


@dataclass(frozen=True)
class Named:
    """The arrays of a file by what they are: `members`, and under which name each of them was.
    `results` are names of what follows from them, `unread` all the others."""

    file: str
    members: Mapping[str, Member]
    names: Mapping[str, str]
    results: tuple[str, ...]
    unread: tuple[str, ...]

    def name(self, what: str) -> str:
        """The file's name of it."""
        return self.names.get(what, what)

    def item(self, what: str) -> str:
        """Where it is in the code of `repaired`."""
        return f"layer[{self.name(what)!r}]"

    def repaired(self, *lines: str) -> str:
        """The code that loads the file, does what the lines do, and saves what then opens."""
        load = f"layer = dict(np.load({self.file!r}))"
        return "\n".join(["import numpy as np", load, *lines, 'np.savez("fixed.npz", **layer)'])


def wanted() -> list[str]:
    """Every name that is read."""
    return list(dict.fromkeys(name for names in NAMES.values() for name in names))


def by_what_they_are(file: str, there: Sequence[str], members: Mapping[str, Member]) -> Named:
    """The members of a file by what they are; raises ConvError for two names of one thing.

    Keras calls the weight "kernel", our own files the kernel's size: the shape tells them apart. A
    text or a single number, such as an activation's name, is no tensor.
    """
    found = {}
    for what, names in NAMES.items():
        own = [name for name in names if name in members and _is(what, name, members[name])]
        own = [name for name in own if not members[name].is_object] or own[:1]
        if len(own) > 1:
            raise ConvError("error.two_names", one=own[0], other=own[1], what=what)
        if own:
            found[what] = own[0]
    known = {*found.values(), *RESULTS}
    ours = set(_OUR_OWN) if "about" in there and "link" in there else set()
    return Named(
        file or "layer.npz",
        {what: members[name] for what, name in found.items() if not members[name].is_object},
        found,
        tuple(name for name in there if name in RESULTS and name not in ours),
        tuple(name for name in there if name not in known | ours),
    )


def _is(what: str, name: str, member: Member) -> bool:
    is_number = not member.is_object and member.shape == ()
    is_other = what in {"x", "w", "b", "grad_output"} and name != what
    if is_other and (is_number or member.dtype.kind in "US"):
        return False
    if name != "kernel":
        return True
    is_size = len(member.shape) <= 1
    return is_size if what == "kernel" else not is_size


def short(text: str) -> str:
    """What a file calls something, as it may be shown."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
